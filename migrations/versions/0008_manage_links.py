"""Links by which patients manage their visits"""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0008_manage_links.sql").read_text())


def downgrade() -> None:
    op.execute("DROP TABLE manage_links")
