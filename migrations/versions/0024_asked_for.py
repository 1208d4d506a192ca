"""A hold remembers which specialist was asked for"""

from pathlib import Path

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0024_asked_for.sql").read_text())


def downgrade() -> None:
    op.execute("ALTER TABLE patient_holds DROP COLUMN specialist_id")
