"""lists of open hazards; indexes of the open ones that SQLite can use"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

_ALIVE = sa.text("state IN ('assigned', 'fixed', 'referred', 'reported', 'taken')")
_INDEXES = (
    ('ix_hazard_alive', ['place', 'category']),
    ('ix_hazard_fixer', ['assignee']),
    ('ix_hazard_at_point', ['point_id']),
    ('ix_hazard_spot', ['lat']),
)


def upgrade() -> None:
    for name, columns in _INDEXES:
        op.drop_index(name, table_name='hazard')
        op.create_index(name, 'hazard', columns, unique=False, sqlite_where=_ALIVE, postgresql_where=_ALIVE)
    op.create_index(
        'ix_hazard_list',
        'hazard',
        ['place', 'category', 'state', 'grade', 'suspected', 'due_at', 'assignee', 'taken_by', 'recheck_by', 'department', 'at_once'],
        unique=False,
        sqlite_where=_ALIVE,
        postgresql_where=_ALIVE,
    )
