"""The timeline is only ever added to: the database itself refuses to change or delete a line."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    """
    CREATE TRIGGER timeline_keeps_lines BEFORE UPDATE ON timeline
    BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END
    """,
    """
    CREATE TRIGGER timeline_keeps_all BEFORE DELETE ON timeline
    BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END
    """,
    # without this, INSERT OR REPLACE would delete a line and no DELETE trigger would hear of it
    """
    CREATE TRIGGER timeline_keeps_order BEFORE INSERT ON timeline
    WHEN EXISTS (SELECT 1 FROM timeline WHERE seq >= NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END
    """,
)

POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION timeline_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the timeline is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
    """,
    """
    CREATE TRIGGER timeline_keeps_lines BEFORE UPDATE OR DELETE ON timeline
    FOR EACH ROW EXECUTE FUNCTION timeline_refuse()
    """,
    """
    CREATE TRIGGER timeline_keeps_all BEFORE TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION timeline_refuse()
    """,
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
