"""hazards fixed on the spot"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('hazard', sa.Column('at_once', sa.Boolean(), server_default=sa.false(), nullable=False))
