# make demo   the sample county on one page, no account and no network
# make test   everything CI asks for
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

.PHONY: demo typhoon test lint types imports unit acceptance crash bench soak lock clean setup

setup: $(STAMP)

# uv where it is there, pip where it is not; both check every hash.
$(STAMP): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] < (3,14))' || \
	  { echo "需要 Python 3.11–3.13 / Python 3.11 to 3.13 is needed (PYTHON=…)"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV) && \
	  VIRTUAL_ENV=$(VENV) uv pip sync --quiet --compile-bytecode --require-hashes requirements-dev.txt; \
	else \
	  $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; \
	fi
	@touch $(STAMP)

demo: $(STAMP)
	$(BIN)/python -m demo

# Three days of a typhoon at sixty times the speed; the page sets another.
typhoon: $(STAMP)
	$(BIN)/python -m demo --typhoon --speed 60

test: lint types imports unit

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

unit: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist worksteal

# The whole county through a night; a tenth of it is in the suite.
acceptance: $(STAMP)
	$(BIN)/python -m tests.acceptance

crash: $(STAMP)
	$(BIN)/python -m benchmarks.crash

# Mutated documents against every reader; SHOUWANG_CORPUS=folder adds its files.
fuzz: $(STAMP)
	$(BIN)/python -m benchmarks.fuzz

bench: $(STAMP)
	$(BIN)/python -m benchmarks

# A day of county time at speed, in some minutes.
soak: $(STAMP)
	$(BIN)/python -m tests.acceptance.soak

# New locks: hashed, without the registry's address. The development set first: its packages bind the others.
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --python-version 3.11
lock:
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.txt
	$(COMPILE) -c requirements-dev.txt pyproject.toml -o requirements.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache
