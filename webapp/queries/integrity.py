"""Looking for what must not be: each check says what it proved over how many rows, or what it found."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import AppointmentEvent, EventLink
from webapp.rules.chain import digest

LIVE_ROW = "status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')"
#: Half-open from buffer to buffer; without an end the closed instant of the start.
BUSY_OF = """tstzrange(coalesce({a}.busy_from, {a}.start_time),
             coalesce({a}.busy_until, {a}.end_time, {a}.start_time),
             CASE WHEN coalesce({a}.busy_until, {a}.end_time) IS NULL THEN '[]' ELSE '[)' END)"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it proves when ``faults`` is empty, and over how many rows."""

    check: str
    rows: int
    faults: list[str]


# Each statement returns one line of text for every fault; it derives anew what constraints should have kept.
# ruff: noqa: S608 - put together from constants of this file
_CHECKS = {
    "no two live appointments of a specialist share a seat at one time": (
        "appointments",
        f"""SELECT a.id || ' overlaps ' || b.id FROM appointments a JOIN appointments b
            ON b.tenant_id = a.tenant_id AND b.specialist_id IS NOT DISTINCT FROM a.specialist_id AND b.id > a.id
            AND b.start_time < a.start_time + interval '1 day' AND b.start_time > a.start_time - interval '1 day'
            AND {BUSY_OF.format(a="a")} && {BUSY_OF.format(a="b")}
            AND (a.seat = 0) = (b.seat = 0)
            AND (coalesce(a.slot_capacity, 1) = 1 OR coalesce(b.slot_capacity, 1) = 1 OR a.seat = b.seat)
            WHERE a.tenant_id = :tenant AND a.{LIVE_ROW} AND b.{LIVE_ROW}""",
    ),
    "no slot holds more live appointments than its capacity": (
        "time_slots",
        f"""SELECT s.id || ' has ' || count(*) || ' of ' || s.capacity FROM time_slots s JOIN appointments a
            ON a.tenant_id = s.tenant_id AND a.time_slot_id = s.id AND a.seat > 0 AND a.{LIVE_ROW}
            WHERE s.tenant_id = :tenant GROUP BY s.tenant_id, s.id, s.capacity HAVING count(*) > s.capacity""",
    ),
    "every visit that was squeezed in is urgent and says why": (
        "appointments",
        f"""SELECT a.id || ' has the overflow seat' FROM appointments a
            WHERE a.tenant_id = :tenant AND a.seat < 1 AND a.{LIVE_ROW}
              AND (a.seat < 0 OR a.priority <> 'URGENT' OR coalesce(btrim(a.squeeze_reason), '') = ''
                   OR NOT EXISTS (SELECT 1 FROM appointment_events e WHERE e.tenant_id = a.tenant_id
                                  AND e.appointment_id = a.id AND e.event_type = 'SQUEEZED_IN')
                   AND a.source <> 'SQL')""",
    ),
    "every appointment repeats its slot truly": (
        "appointments",
        """SELECT a.id || ' differs from slot ' || a.time_slot_id FROM appointments a LEFT JOIN time_slots s
           ON s.tenant_id = a.tenant_id AND s.id = a.time_slot_id
           WHERE a.tenant_id = :tenant AND a.time_slot_id IS NOT NULL
             AND (s.id IS NULL OR (s.specialist_id, s.start_time, s.capacity)
                  IS DISTINCT FROM (a.specialist_id, a.start_time, a.slot_capacity))""",
    ),
    "no specialist's slots overlap": (
        "time_slots",
        """SELECT id || ' overlaps the next' FROM (
               SELECT id, end_time, lead(start_time) OVER (PARTITION BY specialist_id ORDER BY start_time) AS follows
               FROM time_slots WHERE tenant_id = :tenant) s WHERE follows < end_time""",
    ),
    "every slot's status follows from its appointments": (
        "time_slots",
        """SELECT s.id || ' says ' || s.status || coalesce(' until ' || s.held_until, '') || ' instead of ' || d.status
                  || coalesce(' until ' || d.held_until, '')
           FROM time_slots s CROSS JOIN LATERAL derived_slot(s) d
           WHERE s.tenant_id = :tenant AND (s.status, s.held_until) IS DISTINCT FROM (d.status, d.held_until)
             AND NOT (d.status = 'AVAILABLE' AND coalesce(s.held_until <= clock_timestamp(), false))""",
    ),
    "no room is used twice at one time": (
        "appointments",
        f"""SELECT a.id || ' shares its room with ' || b.id FROM appointments a JOIN appointments b
            ON b.tenant_id = a.tenant_id AND b.room_id = a.room_id AND b.id > a.id
            AND b.time_slot_id IS DISTINCT FROM a.time_slot_id
            AND b.start_time < a.start_time + interval '1 day' AND b.start_time > a.start_time - interval '1 day'
            AND least(upper(busy_range(a)), upper(busy_range(b))) > greatest(lower(busy_range(a)), lower(busy_range(b)))
            WHERE a.tenant_id = :tenant AND a.{LIVE_ROW} AND b.{LIVE_ROW}""",
    ),
    "no patient is in two places at one time": (
        "appointments",
        f"""SELECT a.id || ' has the patient of ' || b.id FROM appointments a JOIN appointments b
            ON b.tenant_id = a.tenant_id AND b.patient_id = a.patient_id AND b.id > a.id
            AND b.start_time < coalesce(a.end_time, a.start_time) AND a.start_time < coalesce(b.end_time, b.start_time)
            WHERE a.tenant_id = :tenant AND a.{LIVE_ROW} AND b.{LIVE_ROW}""",
    ),
    "every appointment's patient, specialist, type and room are there": (
        "appointments",
        """SELECT a.id || ' points at nothing' FROM appointments a
           LEFT JOIN patients p ON p.tenant_id = a.tenant_id AND p.id = a.patient_id
           LEFT JOIN specialists s ON s.tenant_id = a.tenant_id AND s.id = a.specialist_id
           LEFT JOIN appointment_types t ON t.tenant_id = a.tenant_id AND t.id = a.appointment_type_id
           LEFT JOIN rooms r ON r.tenant_id = a.tenant_id AND r.id = a.room_id
           WHERE a.tenant_id = :tenant AND (
               a.patient_id IS NOT NULL AND p.id IS NULL OR a.specialist_id IS NOT NULL AND s.id IS NULL
               OR a.appointment_type_id IS NOT NULL AND t.id IS NULL OR a.room_id IS NOT NULL AND r.id IS NULL)""",
    ),
    "every event belongs to an appointment": (
        "appointment_events",
        """SELECT e.id || ' belongs to no appointment' FROM appointment_events e
           WHERE e.tenant_id = :tenant AND NOT EXISTS (
               SELECT 1 FROM appointments a WHERE a.tenant_id = e.tenant_id AND a.id = e.appointment_id)""",
    ),
    "every appointment has an event that began it": (
        "appointments",
        """SELECT a.id || ' has no first event' FROM appointments a
           WHERE a.tenant_id = :tenant AND a.source <> 'SQL' AND NOT EXISTS (
               SELECT 1 FROM appointment_events e WHERE e.tenant_id = a.tenant_id AND e.appointment_id = a.id
               AND e.event_type IN ('HELD', 'BOOKED', 'SQUEEZED_IN'))""",
    ),
}


def check_integrity() -> list[Finding]:
    """Run every check over the current clinic."""
    with reading() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
        return [*_relational(connection), _chain(connection)]


def _relational(connection: Connection) -> Iterator[Finding]:
    for check, (table, statement) in _CHECKS.items():
        tenant = {"tenant": current_tenant()}
        rows = connection.execute(text(f"SELECT count(*) FROM {table} WHERE tenant_id = :tenant"), tenant)
        faults = connection.scalars(text(statement + " LIMIT 100"), tenant)
        yield Finding(check, rows.scalar_one(), list(faults))


def _chain(connection: Connection) -> Finding:
    """Walk the hash chain from its beginning; a changed, removed or reordered event breaks it."""
    query = (
        select(EventLink.position, EventLink.digest, EventLink.event_id, AppointmentEvent)
        .outerjoin(
            AppointmentEvent,
            (AppointmentEvent.tenant_id == EventLink.tenant_id) & (AppointmentEvent.id == EventLink.event_id),
        )
        .where(EventLink.tenant_id == current_tenant())
        .order_by(EventLink.position)
        .execution_options(yield_per=5000)
    )
    previous, expected, faults = b"", 0, []
    for row in connection.execute(query):
        expected += 1
        if row.position != expected:
            faults.append(f"link {expected} is missing")
            expected = row.position
        if row.id is None:
            faults.append(f"event {row.event_id} is missing")
        elif digest(previous, row) != row.digest:
            faults.append(f"event {row.event_id} was changed, or its place in the chain was")
        previous = row.digest
    return Finding("the chain of events is unbroken", expected, faults[:100])
