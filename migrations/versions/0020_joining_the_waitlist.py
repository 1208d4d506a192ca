"""Patients put themselves on the waiting list, and are told of it"""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
KINDS = "'CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER'"


def upgrade() -> None:
    script = (SQL / "0020_joining_the_waitlist.sql").read_text()
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(script)


def downgrade() -> None:
    for function in ("tell_waiting", "clinics_waiting"):
        op.execute(f"DROP FUNCTION {function}")
    _of_every_clinic("messages", "DELETE FROM messages WHERE kind = 'WAITING'")
    op.execute("ALTER TABLE messages DROP CONSTRAINT message_about, DROP COLUMN entry_id")
    for column in ("appointment_id", "version", "start_time"):
        op.execute(f"ALTER TABLE messages ALTER COLUMN {column} SET NOT NULL")
    op.execute("ALTER TABLE messages DROP CONSTRAINT message_kind")
    op.execute(f"ALTER TABLE messages ADD CONSTRAINT message_kind CHECK (kind IN ({KINDS}))")
    op.execute("ALTER TABLE tenants ALTER COLUMN offers_by_itself SET DEFAULT false")
    op.execute("DROP INDEX idx_time_slots_created")
    op.execute("DROP TABLE waitlist_looks")
    op.execute("DROP INDEX idx_waitlist_entries_patient")
    ended = "UPDATE waitlist_entries SET status = 'CANCELLED' WHERE status = 'ENDED'"
    _of_every_clinic("waitlist_entries", ended)
    op.execute(
        "ALTER TABLE waitlist_entries DROP COLUMN weekdays, DROP COLUMN online, DROP CONSTRAINT waitlist_status,"
        " ADD CONSTRAINT waitlist_status CHECK (status IN ('WAITING', 'OFFERED', 'BOOKED', 'CANCELLED'))"
    )


def _of_every_clinic(table: str, statement: str) -> None:
    """The tables' owner sees no clinic's rows either, unless it says so."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(statement)
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
