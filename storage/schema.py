"""Bring a database to the present schema."""

from sqlalchemy.ext.asyncio import AsyncConnection

import storage.store  # noqa: F401
from storage.database import Database, metadata


async def upgrade(url: str) -> None:
    database = await Database.open(url)

    async def make(connection: AsyncConnection) -> None:
        await connection.run_sync(metadata.create_all)

    await database.write(make)
    await database.close()
