"""a hazard's whole life"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def _listed(words: str) -> str:
    return ', '.join(f"'{word}'" for word in words.split())


_STATES = _listed('reported referred taken assigned fixed closed rejected merged')
_TREATMENTS = _listed('at_once works relocate reinforce watch law')
_MOVES = _listed(
    'report take refer reject assign fix close send_back reopen grade locate supplement to_county decide merge unmerge '
    'at_once progress ask_extension extend no_extension mark pause'
)
_ALIVE = "state NOT IN ('closed', 'rejected')"


def _index(batch_op: BatchOperations, name: str, column: str, where: str) -> None:
    batch_op.create_index(name, [column], unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    with op.batch_alter_table('hazard', schema=None) as batch_op:
        for name in ('department', 'interim', 'measure', 'place_words', 'unit'):
            batch_op.alter_column(name, server_default='', existing_type=sa.Text(), existing_nullable=False)
        batch_op.add_column(sa.Column('point_id', sa.BigInteger(), nullable=True, comment='the risk point; empty: none is known'))
        batch_op.add_column(sa.Column('found_at', sa.DateTime(timezone=True), nullable=True, comment='empty: when it was reported'))
        batch_op.add_column(sa.Column('consequence', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('refusals', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('with_county', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('merged_into', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('listed', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('whistled', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('treatment', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('fund', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('recheck_by', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('extension_until', sa.DateTime(timezone=True), nullable=True, comment='more time is asked for until then'))
        batch_op.add_column(sa.Column('extensions', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('progress_due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f('ck_hazard_state'), type_='check')
        batch_op.create_check_constraint(op.f('ck_hazard_state'), f'state IN ({_STATES})')
        batch_op.create_check_constraint(op.f('ck_hazard_treatment'), f'treatment IN ({_TREATMENTS})')
        merged = "(state = 'merged') = (merged_into IS NOT NULL)"
        batch_op.create_check_constraint(op.f('ck_hazard_merged_into_one'), merged)
        _index(batch_op, 'ix_hazard_at_point', 'point_id', _ALIVE)
        _index(batch_op, 'ix_hazard_fixer', 'assignee', _ALIVE)
        _index(batch_op, 'ix_hazard_spot', 'lat', _ALIVE)
        _index(batch_op, 'ix_hazard_merged', 'merged_into', 'merged_into IS NOT NULL')
        _index(batch_op, 'ix_hazard_progress', 'progress_due_at', 'progress_due_at IS NOT NULL')
        batch_op.create_foreign_key(batch_op.f('fk_hazard_recheck_by'), 'person', ['recheck_by'], ['id'])
        batch_op.create_foreign_key(batch_op.f('fk_hazard_merged_into'), 'hazard', ['merged_into'], ['id'])

    with op.batch_alter_table('hazard_report', schema=None) as batch_op:
        for name in ('voice', 'what'):
            batch_op.alter_column(name, server_default='', existing_type=sa.Text(), existing_nullable=False)
        batch_op.add_column(sa.Column('unnamed', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index('ix_hazard_report_user', ['user_id', 'id'], unique=False)

    with op.batch_alter_table('hazard_event', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_hazard_event_move'), type_='check')
        batch_op.create_check_constraint(op.f('ck_hazard_event_move'), f'move IN ({_MOVES})')
