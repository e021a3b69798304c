"""what a machine made of voices"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

_MOVES = (
    'report', 'take', 'refer', 'reject', 'assign', 'fix', 'close', 'send_back', 'reopen', 'grade', 'locate', 'describe',
    'supplement', 'to_county', 'decide', 'merge', 'unmerge', 'at_once', 'progress', 'ask_extension', 'extend',
    'no_extension', 'mark', 'pause',
)


def upgrade() -> None:
    op.create_table('voice_reading',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_id', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(), server_default='', nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'read', 'failed')", name=op.f('ck_voice_reading_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_voice_reading')),
    sa.UniqueConstraint('file_id', name=op.f('uq_voice_reading_file_id'))
    )
    with op.batch_alter_table('voice_reading', schema=None) as batch_op:
        batch_op.create_index('ix_voice_reading_asked_at', ['asked_at'], unique=False)
        batch_op.create_index('ix_voice_reading_waiting', ['id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))

    moves = ', '.join(f"'{move}'" for move in _MOVES)
    with op.batch_alter_table('hazard_event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_hazard_event_move'), type_='check')
        batch_op.create_check_constraint(op.f('ck_hazard_event_move'), f'move IN ({moves})')
