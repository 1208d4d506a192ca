"""What each user set for the desk, and when each session was last used or locked"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0005_desk_comfort.sql").read_text())


def downgrade() -> None:
    op.execute("ALTER TABLE user_sessions DROP COLUMN last_seen_at, DROP COLUMN locked_at")
    op.execute("DROP TABLE user_settings")
