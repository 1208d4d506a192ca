"""Sick days with what is proposed instead, and the waiting list with its offers"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0007_desk_tools.sql").read_text())


def downgrade() -> None:
    for table in ("waitlist_offers", "waitlist_entries", "sick_day_moves", "sick_days"):
        op.execute(f"DROP TABLE {table}")
