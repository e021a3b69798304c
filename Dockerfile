# The bot alone: no demo, no sandbox, no tests. Data, settings and secrets come from outside; see docs/operations.md.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DATA_DIR=/data \
    DATABASE_URL=sqlite:////data/shouwang.db

WORKDIR /app

COPY requirements.txt ./
RUN python -m pip install --require-hashes -r requirements.txt

COPY pyproject.toml alive.py assembly.py bot.py clock.py settings.py starting.py ./
COPY console ./console
COPY delivery ./delivery
COPY domain ./domain
COPY feeds ./feeds
COPY handlers ./handlers
COPY messages ./messages
COPY scheduler ./scheduler
COPY services ./services
COPY storage ./storage
RUN python -m compileall -q .

RUN useradd --system --uid 10001 --no-create-home shouwang \
    && install -d -o shouwang -g shouwang -m 0750 /data
USER shouwang
VOLUME /data

HEALTHCHECK --interval=60s --timeout=30s --start-period=180s --retries=3 CMD ["python", "bot.py", "healthy"]

ENTRYPOINT ["python", "bot.py"]
CMD ["run"]
