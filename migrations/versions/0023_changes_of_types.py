"""Changes of the types of visit are among those of the settings"""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0023_changes_of_types.sql").read_text())


def downgrade() -> None:
    op.execute("DELETE FROM setting_events WHERE subject = 'TYPE'")
    op.execute("ALTER TABLE setting_events DROP CONSTRAINT setting_event_subject")
    op.execute(
        "ALTER TABLE setting_events ADD CONSTRAINT setting_event_subject"
        " CHECK (subject IN ('CLINIC', 'HOURS', 'QUESTION', 'LETTER'))"
    )
