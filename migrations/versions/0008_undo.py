"""The door takes an undone cancellation's seat again, and its event tells what the desk has to say of a move"""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Only these places of the door change, so only they stand here; a place that is not there exactly once is a mistake.
CHANGES = [
    (
        "p_version integer)\n RETURNS",
        "p_version integer, p_event text DEFAULT 'RESCHEDULED'::text, p_detail jsonb DEFAULT '{}'::jsonb)\n RETURNS",
    ),
    (
        "        v_result.outcome := move_refusal(v_old, p_version, v_now);",
        """\
        v_result.outcome := CASE WHEN p_event = 'UNDONE' THEN undo_refusal(v_old, p_version)
                                 ELSE move_refusal(v_old, p_version, v_now) END;""",
    ),
    (
        "            start_time = v_slot.start_time, end_time = v_end, seat = v_seat,\n",
        """\
            start_time = v_slot.start_time, end_time = v_end, seat = v_seat,
            status = CASE WHEN p_event = 'UNDONE' THEN p_status ELSE a.status END,
""",
    ),
    (
        "VALUES (p_tenant, p_id, 'RESCHEDULED', p_actor, jsonb_build_object(\n",
        "VALUES (p_tenant, p_id, p_event, p_actor, p_detail || jsonb_build_object(\n",
    ),
    (
        "            'from_slot', v_old.time_slot_id, 'to_slot', v_slot.id));",
        """\
            'from_slot', v_old.time_slot_id, 'to_slot', v_slot.id,
            'from_end', v_old.end_time, 'to_end', v_end,
            'from_type', v_old.appointment_type_id, 'to_type', v_type.id));""",
    ),
]

UNDO_REFUSAL = """
    -- Why an appointment that is over may not come back, or NULL.
    CREATE FUNCTION undo_refusal(a appointments, p_version integer) RETURNS text LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN a.id IS NULL OR a.status NOT IN ('CANCELLED', 'NO_SHOW') OR a.version <> p_version
                    THEN 'STALE' END
    $$
"""


def upgrade() -> None:
    op.execute(UNDO_REFUSAL)
    _rewrite([(old, new) for old, new in CHANGES])


def downgrade() -> None:
    _rewrite([(new, old) for old, new in CHANGES])
    op.execute("DROP FUNCTION undo_refusal")


def _rewrite(changes: list[tuple[str, str]]) -> None:
    connection = op.get_bind()
    body = connection.execute(text("SELECT pg_get_functiondef('claim_seat'::regproc)")).scalar_one()
    for old, new in changes:
        if body.count(old) != 1:
            raise RuntimeError(f"claim_seat() does not read as expected: {old!r}")
        body = body.replace(old, new)
    op.execute("DROP FUNCTION claim_seat")
    connection.execution_options(no_parameters=True).exec_driver_sql(body)
