"""Who changed a patient's details, and who blocked a specialist's time"""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0011_desk_events.sql").read_text())


def downgrade() -> None:
    op.execute("DROP TABLE desk_events")
