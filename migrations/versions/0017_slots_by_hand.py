"""Slots that the plan of weekly hours made, apart from those that were made or changed by hand"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE time_slots ADD COLUMN from_hours BOOLEAN DEFAULT false NOT NULL")
    # Until now the plan took every slot for its own. While row-level security is forced, its owner sees no rows.
    op.execute("ALTER TABLE time_slots NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE opening_hours NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE time_slots SET from_hours = true
        WHERE (tenant_id, specialist_id) IN (SELECT tenant_id, specialist_id FROM opening_hours)
    """)
    op.execute("ALTER TABLE time_slots FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE opening_hours FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    op.execute("ALTER TABLE time_slots DROP COLUMN from_hours")
