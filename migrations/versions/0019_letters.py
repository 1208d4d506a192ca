"""Letters in the clinic's own words"""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0019_letters.sql").read_text())


def downgrade() -> None:
    op.execute("DROP TABLE letter_words")
