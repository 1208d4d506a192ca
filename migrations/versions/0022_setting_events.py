"""Who changed which setting of the clinic"""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0022_setting_events.sql").read_text())


def downgrade() -> None:
    op.execute("DROP TABLE setting_events")
