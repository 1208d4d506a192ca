"""What was sent to a locked desk is kept for its person"""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0013_kept_form.sql").read_text())


def downgrade() -> None:
    op.execute("ALTER TABLE user_sessions DROP COLUMN kept_form")
