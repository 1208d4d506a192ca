"""Links of their own for types that are not public, what patients typed so far"""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0012_public_pages.sql").read_text())


def downgrade() -> None:
    op.execute("DROP TABLE patient_holds")
    op.execute("ALTER TABLE appointment_types DROP COLUMN link_id")
