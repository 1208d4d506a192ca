"""The booking door: claim_seat() and its steps"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql"

FUNCTIONS = [
    "claim_seat",
    "claim_chair",
    "move_refusal",
    "undo_refusal",
    "slot_at",
    "chair_is_taken",
    "add_patient",
    "may_be_told",
    "replay_claim",
    "patient_is_busy",
    "refuse_full",
    "free_seat",
    "seat_is_free",
    "expire_elsewhere",
    "expire_overdue",
    "lock_slots",
    "refresh_slots",
    "derived_slot",
    "is_closed",
    "live_between",
    "busy_range",
]


def upgrade() -> None:
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql((SQL / "0002_booking_door.sql").read_text())


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TYPE claim_result")
