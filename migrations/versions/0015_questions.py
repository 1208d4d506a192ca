"""Questions of the clinic's own, and what patients answered"""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0015_questions.sql").read_text())


def downgrade() -> None:
    for table in ("answers", "questions"):
        op.execute(f"DROP TABLE {table}")
