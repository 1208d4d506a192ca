"""The job queue's own tables, in a schema of their own"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA jobs")
    op.execute("SET LOCAL search_path = jobs, public")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(SchemaManager.get_schema())
    op.execute("GRANT USAGE ON SCHEMA jobs TO holdfast_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO holdfast_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO holdfast_app")
    op.execute("SET LOCAL search_path = public")


def downgrade() -> None:
    op.execute("DROP SCHEMA jobs CASCADE")
