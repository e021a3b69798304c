"""python -m tests.cli.docker_install    the Dockerfile's own pip line in a fresh environment, and the bot run from it.

Not part of `make test`: it downloads everything. Run it when requirements.txt or the Dockerfile has changed.
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.cli.test_docker import copied_into, instructions

ROOT = Path(__file__).parents[2]


def main() -> int:
    (pip_line,) = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        copied_into(folder)
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        install = [str(python), *pip_line.split()[1:]]
        for command in (install, [str(python), "bot.py", "version"]):
            done = subprocess.run(command, cwd=folder, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
