"""rounds that gave way leave their time free"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


_HOLDS = sa.text("period_id IS NOT NULL AND state <> 'ended'")


def upgrade() -> None:
    op.drop_index('uq_patrol_task_round', table_name='patrol_task')
    op.create_index(
        'uq_patrol_task_round',
        'patrol_task',
        ['point_id', 'person_id', 'due_at'],
        unique=True,
        sqlite_where=_HOLDS,
        postgresql_where=_HOLDS,
    )
