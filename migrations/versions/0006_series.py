"""Appointments that belong to one series"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE appointments ADD COLUMN series_id uuid")
    op.execute(
        "CREATE INDEX idx_appointments_series ON appointments (tenant_id, series_id) WHERE series_id IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE appointments DROP COLUMN series_id")
