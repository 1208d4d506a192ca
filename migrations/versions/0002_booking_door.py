"""The booking door: claim_seat() and its steps"""

from alembic import op

from migrations import door

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TYPE claim_result AS (
            outcome text, id uuid, status appointment_status, start_time timestamptz, end_time timestamptz,
            seat integer, expires_at timestamptz, idempotency_key text, created_at timestamptz, patient_id uuid,
            version integer)
    """)
    door.make(op.get_bind())


def downgrade() -> None:
    door.drop(op.get_bind())
    op.execute("DROP TYPE claim_result")
