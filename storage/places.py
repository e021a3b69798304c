"""The division tree: county, townships, villages, grids.

Nearly every update asks for it, and with a county's grids and risk points it takes a tenth of a second to build. It is
therefore kept from one transaction to the next, under the mark of what has been saved so far: the mark is a row and so
stands and falls with the places, whoever saved them.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.places import Level, Place, PlaceCode, PlaceTree
from storage.database import insert_or_update, metadata, one_of
from storage.inbox import counter
from storage.prepared import Prepared

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


_MARK = "places"
_SEEN = Prepared(sa.select(counter.c.value).where(counter.c.name == _MARK))


@dataclass(slots=True)
class KeptTree:
    """The tree as it was last built, and the mark under which its places stood."""

    mark: int = -1
    tree: PlaceTree | None = None


class PlaceTable:
    def __init__(self, connection: AsyncConnection, kept: KeptTree) -> None:
        self._db = connection
        self._kept = kept
        self._saved_here = False

    async def tree(self) -> PlaceTree:
        mark = await self._mark()
        if self._kept.tree is not None and self._kept.mark == mark and not self._saved_here:
            return self._kept.tree
        tree = await self._build()
        if not self._saved_here:  # what may yet be undone is not kept
            self._kept.mark, self._kept.tree = mark, tree
        return tree

    async def _mark(self) -> int:
        return int(await _SEEN.scalar(self._db) or 0)

    async def _build(self) -> PlaceTree:
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
        rows: list[dict[str, Any]] = [
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
            await self._leave_mark(rows)

    async def _leave_mark(self, rows: list[dict[str, Any]]) -> None:
        """Of all that has ever been saved, in its order: other places never stand under the same one."""
        mark = zlib.crc32(repr(rows).encode(), await self._mark()) & 0x7FFF_FFFF
        changed = insert_or_update(counter, self._db.dialect.name, ["name"], ("value",))
        await self._db.execute(changed, [{"name": _MARK, "value": mark}])
        self._saved_here = True
