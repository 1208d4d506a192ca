"""What patients are told: outbox and delivery log, and when they are reminded"""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0014_messages.sql").read_text())


def downgrade() -> None:
    op.execute("DROP FUNCTION clinics_with_mail")
    op.execute("DROP FUNCTION tell_patient")
    op.execute("ALTER TABLE tenants DROP COLUMN reminder_hours, DROP COLUMN quiet_from, DROP COLUMN quiet_until")
    op.execute("ALTER TABLE patients DROP COLUMN locale, DROP COLUMN reminders_opt_out_at")
    op.execute("DROP TABLE messages")
