"""Clinics reword what somebody on the waiting list is told, too"""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"
KINDS = "'CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER'"


def upgrade() -> None:
    script = (SQL / "0021_words_for_the_waiting_list.sql").read_text()
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(script)


def downgrade() -> None:
    # The tables' owner sees no clinic's rows either, unless it says so.
    op.execute("ALTER TABLE letter_words NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM letter_words WHERE kind = 'WAITING'")
    op.execute("ALTER TABLE letter_words FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE letter_words DROP CONSTRAINT letter_kind")
    op.execute(f"ALTER TABLE letter_words ADD CONSTRAINT letter_kind CHECK (kind IN ({KINDS}))")
