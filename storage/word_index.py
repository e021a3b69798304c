"""The index of words: every two characters that follow each other in a hazard's text, and the last one alone.

Chinese has no spaces to split at, and its words mostly have two characters, which the trigram indexes of SQLite and
PostgreSQL do not find; a table of pairs serves both databases alike. It only narrows: whoever looks still compares the
text itself, so that pairs of words that were written once and changed since do no harm, and none is ever taken out.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger_words import pairs_of
from storage.database import insert_new, metadata

hazard_pair = sa.Table(
    "hazard_pair",
    metadata,
    sa.Column("pair", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True),
    sa.Column("hazard_id", sa.BigInteger, sa.ForeignKey("hazard.id"), primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
SEARCHED = ("what", "place_words", "unit", "measure")
"""columns of a hazard in which words are looked for"""
_MOST_PAIRS = 12
_ENOUGH = 2_000
"""who has so many is common, however many more there are"""
_LAST = "\U0010ffff"


async def index_words(connection: AsyncConnection, hazard_id: int, texts: Iterable[object]) -> None:
    """In the transaction that writes the texts."""
    pairs = sorted({pair for text in texts if isinstance(text, str) for pair in pairs_of(text)})
    if pairs:
        put = insert_new(hazard_pair, connection.dialect.name)
        await connection.execute(put, [{"pair": pair, "hazard_id": hazard_id} for pair in pairs])


async def rarest(connection: AsyncConnection, words: Iterable[str]) -> str | None:
    """Of the pairs of these words the one that fewest hazards have. None: no word has two characters."""
    pairs = [pair for word in words for pair in pairs_of(word) if len(pair) > 1][:_MOST_PAIRS]
    if len(pairs) < 2:
        return pairs[0] if pairs else None
    some = [sa.select(hazard_pair.c.pair).where(hazard_pair.c.pair == pair).limit(_ENOUGH).subquery() for pair in pairs]
    counts = [sa.select(sa.func.count()).select_from(one).scalar_subquery() for one in some]
    found = (await connection.execute(sa.select(*counts))).one()
    return min(zip(found, pairs, strict=True))[1]


def holding(pair: str) -> sa.Select[tuple[int]]:
    """The hazards that have this pair, or a pair that begins with this one character."""
    column, first = hazard_pair.c.pair, sa.literal(pair, sa.Text())  # plain: the column's own order is not written here
    fits = column == first if len(pair) > 1 else column.between(first, sa.literal(pair + _LAST, sa.Text()))
    return sa.select(hazard_pair.c.hazard_id).where(fits)
