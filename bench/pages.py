"""The fixed yardstick that the day page is held against."""

from datetime import timedelta

import psycopg

from bench.data import PAST_DAYS, SLOTS_A_DAY, first_day

FULL_DAY = PAST_DAYS - 1  # today: every one of its 256 slots has its appointment
_ROWS = """
SELECT a.id, a.specialist_id, a.start_time, a.end_time, a.status, a.seat, p.full_name
FROM appointments a JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
WHERE a.tenant_id = 'bench' AND a.start_time >= %s AND a.start_time < %s
ORDER BY a.start_time, a.specialist_id
"""


def yardstick(connection: psycopg.Connection) -> None:
    """One range query of 256 rows, fetched: the least that a page of that day could take."""
    start = first_day() + timedelta(days=FULL_DAY)
    rows = connection.execute(_ROWS, (start, start + timedelta(days=1))).fetchall()
    if len(rows) != SLOTS_A_DAY:
        raise SystemExit(f"The yardstick's day has {len(rows)} appointments, not {SLOTS_A_DAY}.")
