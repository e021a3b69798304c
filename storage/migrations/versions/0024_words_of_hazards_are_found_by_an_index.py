"""words of hazards are found by an index"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

_PAGE = 500


def upgrade() -> None:
    op.create_table('hazard_pair',
    sa.Column('pair', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_hazard_pair_hazard_id')),
    sa.PrimaryKeyConstraint('pair', 'hazard_id', name=op.f('pk_hazard_pair')),
    sqlite_with_rowid=False
    )
    _index_what_is_there()


def _index_what_is_there() -> None:
    """As storage/word_index.py did when this was written: every two characters that follow each other, and the last."""
    connection, after = op.get_bind(), 0
    texts = ('what', 'place_words', 'unit', 'measure')
    hazard = sa.table('hazard', sa.column('id'), *(sa.column(name) for name in texts))
    pairs = sa.table('hazard_pair', sa.column('pair'), sa.column('hazard_id'))
    while True:
        page = sa.select(hazard).where(hazard.c.id > after).order_by(hazard.c.id).limit(_PAGE)
        found = connection.execute(page).all()
        if not found:
            return
        rows = [
            {'pair': pair, 'hazard_id': row[0]}
            for row in found
            for pair in sorted({text[at : at + 2] for text in map(str.lower, row[1:]) for at in range(len(text))})
        ]
        if rows:
            connection.execute(sa.insert(pairs), rows)
        after = found[-1][0]
