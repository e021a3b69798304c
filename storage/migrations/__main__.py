"""python -m storage.migrations "what changes"   write the next script from the difference between scripts and tables
python -m storage.migrations --initial        write the first script anew (only before anything was released)
"""

import argparse
import asyncio
import re
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import opened
from storage.revisions import VERSIONS, configured

INITIAL = "0001_initial.py"


async def write_script(message: str, number: str, folder: Path) -> None:
    """Autogenerate against a fresh SQLite database that stands where the scripts of the folder end."""

    def compare(sync: sa.Connection) -> None:
        config = configured(sync, folder)
        if any(folder.glob("[0-9]*.py")):
            config.attributes["batch"] = True  # SQLite changes a table by building it anew
            command.upgrade(config, "head")
        slug = re.sub(r"\W+", "_", message.lower()).strip("_")
        config.set_main_option("file_template", f"{number}_{slug}")
        command.revision(config, message, autogenerate=True, rev_id=number)

    async def work(connection: AsyncConnection) -> None:
        await connection.run_sync(compare)

    with tempfile.TemporaryDirectory() as scratch:
        async with opened(f"sqlite+aiosqlite:///{scratch}/fresh.db") as database:
            await database.write(work)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m storage.migrations", description=__doc__)
    parser.add_argument("message", nargs="?")
    parser.add_argument("--initial", action="store_true")
    asked = parser.parse_args()
    if asked.initial:
        with tempfile.TemporaryDirectory() as scratch:
            asyncio.run(write_script("initial", "0001", Path(scratch)))
            shutil.copyfile(Path(scratch) / INITIAL, VERSIONS / INITIAL)
    elif asked.message:
        number = f"{len(list(VERSIONS.glob('[0-9]*.py'))) + 1:04d}"
        asyncio.run(write_script(asked.message, number, VERSIONS))
    else:
        parser.error("say what changes")


if __name__ == "__main__":
    main()
