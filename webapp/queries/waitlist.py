"""Who waits for a time, what is offered to whom, and which free times would suit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text

from webapp.core.tenancy import current_tenant
from webapp.core.timezones import local_day, span_bounds
from webapp.core.transactions import reading
from webapp.queries.availability import FreeTime, free_times_between
from webapp.rules.parts_of_day import part_of_day

MATCHES = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """One who waits; ``status`` WAITING or OFFERED, what is offered in times of UTC. An offer that ran out reads as
    none."""

    id: UUID
    status: str
    patient_id: UUID
    patient_name: str
    patient_phone: str | None
    patient_email: str | None
    type_id: UUID
    type_name: str
    specialist_ids: list[UUID]
    first_day: date
    last_day: date
    parts: list[str]
    weekdays: list[int]
    online: bool
    note: str
    created_at: datetime
    offer_id: UUID | None
    offer_start: datetime | None
    offer_specialist: str | None
    offer_until: datetime | None


_WAITING = """
    SELECT e.id, CASE WHEN a.id IS NULL THEN 'WAITING' ELSE 'OFFERED' END, c.id, c.full_name, c.phone, c.email,
           t.id, t.name, e.specialist_ids, e.first_day, e.last_day, e.parts, e.weekdays, e.online, e.note, e.created_at,
           CASE WHEN a.id IS NOT NULL THEN o.id END, a.start_time, s.full_name, a.expires_at
    FROM waitlist_entries e
    JOIN patients c ON c.tenant_id = e.tenant_id AND c.id = e.patient_id
    JOIN appointment_types t ON t.tenant_id = e.tenant_id AND t.id = e.appointment_type_id
    LEFT JOIN waitlist_offers o ON o.tenant_id = e.tenant_id AND o.entry_id = e.id AND o.status = 'OPEN'
    LEFT JOIN appointments a ON a.tenant_id = o.tenant_id AND a.id = o.appointment_id
        AND a.status = 'HOLD' AND a.expires_at > clock_timestamp()
    LEFT JOIN specialists s ON s.tenant_id = a.tenant_id AND s.id = a.specialist_id
    WHERE e.tenant_id = :tenant AND e.status IN ('WAITING', 'OFFERED')
"""


def waiting_list(*, limit: int = 200) -> list[Waiting]:
    """Everybody who waits, longest first."""
    query = text(_WAITING + " ORDER BY e.created_at, e.id LIMIT :limit")
    with reading() as connection:
        return [Waiting(*row) for row in connection.execute(query, {"tenant": current_tenant(), "limit": limit})]


def find_waiting(entry_id: UUID) -> Waiting | None:
    with reading() as connection:
        row = connection.execute(
            text(_WAITING + " AND e.id = :id"), {"tenant": current_tenant(), "id": entry_id}
        ).first()
    return Waiting(*row) if row else None


def matching_times(entry: Waiting, *, zone: str, not_before: datetime) -> list[FreeTime]:
    """The first free times that suit one who waits."""
    since, until = span_bounds(entry.first_day, entry.last_day, zone)
    times = free_times_between(type_id=entry.type_id, since=max(since, not_before), until=until)
    wanted = set(entry.specialist_ids)
    return [
        time
        for time in times
        if (not wanted or time.specialist_id in wanted)
        and part_of_day(time.start, zone) in entry.parts
        and local_day(time.start, zone).weekday() in entry.weekdays
    ][:MATCHES]


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """A place on the waiting list as whoever waits sees it, with the offer that was made last, whatever became of it.

    ``status`` is the entry's, ``offer_status`` OPEN, ACCEPTED, DECLINED or EXPIRED; ``appointment_id`` is the hold.
    """

    id: UUID
    status: str
    type_id: UUID
    type_name: str
    type_ref: UUID | None  # what stands for the type in addresses, while it can be booked
    specialist_ids: list[UUID]
    first_day: date
    last_day: date
    weekdays: list[int]
    parts: list[str]
    offer_id: UUID | None
    offer_status: str | None
    appointment_id: UUID | None
    email: str | None
    phone: str | None

    @property
    def on_the_list(self) -> bool:
        return self.status in ("WAITING", "OFFERED")

    @property
    def is_offered(self) -> bool:
        """Is a time held at this moment?"""
        return self.status == "OFFERED" and self.offer_status == "OPEN"


_OWN = text("""
    SELECT e.id, e.status, t.id AS type_id, t.name AS type_name,
           CASE WHEN t.is_active THEN CASE WHEN t.is_public THEN t.id ELSE t.link_id END END AS type_ref,
           e.specialist_ids, e.first_day, e.last_day, e.weekdays, e.parts, o.id AS offer_id,
           CASE WHEN o.status = 'OPEN' AND (a.status <> 'HOLD' OR a.expires_at <= clock_timestamp())
                THEN CASE WHEN a.status IN ('HOLD', 'EXPIRED', 'CANCELLED') THEN 'EXPIRED' ELSE 'ACCEPTED' END
                ELSE o.status END AS offer_status,
           o.appointment_id, c.email, c.phone
    FROM waitlist_entries e
    JOIN patients c ON c.tenant_id = e.tenant_id AND c.id = e.patient_id
    JOIN appointment_types t ON t.tenant_id = e.tenant_id AND t.id = e.appointment_type_id
    LEFT JOIN LATERAL (
        SELECT * FROM waitlist_offers w WHERE w.tenant_id = e.tenant_id AND w.entry_id = e.id
        ORDER BY w.status = 'ACCEPTED' DESC, w.created_at DESC LIMIT 1
    ) o ON true
    LEFT JOIN appointments a ON a.tenant_id = o.tenant_id AND a.id = o.appointment_id
    WHERE e.tenant_id = :tenant AND e.id = :id
""")


def find_own_entry(entry_id: UUID) -> OwnEntry | None:
    """A place on the waiting list, for whoever has its link."""
    with reading() as connection:
        row = connection.execute(_OWN, {"tenant": current_tenant(), "id": entry_id}).first()
    return OwnEntry(*row) if row else None
