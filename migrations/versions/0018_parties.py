"""Appointments that were booked together"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE appointments ADD COLUMN party_id uuid")
    op.execute("CREATE INDEX idx_appointments_party ON appointments (tenant_id, party_id) WHERE party_id IS NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE appointments DROP COLUMN party_id")
