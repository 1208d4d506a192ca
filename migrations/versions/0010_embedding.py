"""Which sites may show a clinic's booking pages inside their own"""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0010_embedding.sql").read_text())


def downgrade() -> None:
    op.execute("ALTER TABLE tenants DROP COLUMN embed_origins")
