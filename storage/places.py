"""The division tree: county, townships, villages, grids."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import Level, Place, PlaceCode, PlaceTree
from storage.database import insert_or_update, metadata, one_of

place = sa.Table(
    "place",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("place.code")),
    sa.Column("lat", sa.Float),
    sa.Column("lon", sa.Float),
    sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
    one_of("level", [level.value for level in Level]),
)
_COLUMNS = ("name", "level", "parent", "lat", "lon", "retired")


class PlaceTable:
    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def tree(self) -> PlaceTree:
        rows = await self._db.execute(sa.select(place).where(~place.c.retired).order_by(place.c.code))
        return PlaceTree(
            Place(
                code=PlaceCode(row.code),
                name=row.name,
                level=Level(row.level),
                parent=None if row.parent is None else PlaceCode(row.parent),
                lat=row.lat,
                lon=row.lon,
            )
            for row in rows
        )

    async def save(self, places: Iterable[Place]) -> None:
        rows = [
            {
                "code": p.code,
                "name": p.name,
                "level": p.level.value,
                "parent": p.parent,
                "lat": p.lat,
                "lon": p.lon,
                "retired": False,
            }
            for p in sorted(places, key=lambda p: len(p.code))
        ]
        if rows:
            await self._db.execute(insert_or_update(place, self._db.dialect.name, ["code"], _COLUMNS), rows)
