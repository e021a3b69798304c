"""what was asked when is found by its time"""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_obligation_opened_at', 'obligation', ['opened_at'])
