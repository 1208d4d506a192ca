from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, bindparam, case, func, select, text, tuple_

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Appointment, Specialist, TimeSlot
from webapp.queries.open_slots import is_open, stands


@dataclass(frozen=True, slots=True)
class SlotSummary:
    """A slot with the seats that are left in it; times in UTC."""

    slot_id: UUID
    specialist_id: UUID
    specialist_name: str
    start: datetime
    end: datetime
    capacity: int
    seats_left: int
    is_open: bool


def _seats_taken() -> ColumnElement[int]:
    return (
        select(func.count())
        .where(
            Appointment.tenant_id == TimeSlot.tenant_id,
            Appointment.time_slot_id == TimeSlot.id,
            Appointment.seat > 0,
            stands(),
        )
        .correlate(TimeSlot)
        .scalar_subquery()
    )


# A visit that began in an earlier slot may cover this one, or its buffer reach into it: the slot's own status knows.
SEATS_LEFT = case((~is_open(), 0), (TimeSlot.capacity == 1, 1), else_=TimeSlot.capacity - _seats_taken())
_SUMMARY = select(
    TimeSlot.id,
    TimeSlot.specialist_id,
    Specialist.full_name,
    TimeSlot.start_time,
    TimeSlot.end_time,
    TimeSlot.capacity,
    SEATS_LEFT,
    is_open(),
).join(Specialist, and_(Specialist.tenant_id == TimeSlot.tenant_id, Specialist.id == TimeSlot.specialist_id))


# Built once: programs ask for these all day.
_ONE = _SUMMARY.where(TimeSlot.tenant_id == bindparam("tenant"), TimeSlot.id == bindparam("id"))
_OPEN = (
    _SUMMARY.where(TimeSlot.tenant_id == bindparam("tenant"), TimeSlot.start_time >= bindparam("since"))
    .where(TimeSlot.start_time < func.coalesce(bindparam("until", type_=DateTime(timezone=True)), text("'infinity'")))
    .where(is_open(), Specialist.is_active)
    .order_by(TimeSlot.start_time, TimeSlot.id)
    .limit(bindparam("limit"))
)
_OPEN_AFTER = _OPEN.where(tuple_(TimeSlot.start_time, TimeSlot.id) > tuple_(bindparam("start"), bindparam("id")))


def slot_summary(slot_id: UUID) -> SlotSummary | None:
    with reading() as connection:
        row = connection.execute(_ONE, {"tenant": current_tenant(), "id": slot_id}).first()
    return SlotSummary(*row) if row else None


def open_slots(
    *, since: datetime, until: datetime | None, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[SlotSummary]:
    """Open slots of active specialists that start from ``since`` on, by start time; ``after`` continues a page."""
    asked = {"tenant": current_tenant(), "since": since, "until": until, "limit": limit}
    query = _OPEN
    if after is not None:
        query, asked = _OPEN_AFTER, asked | {"start": after[0], "id": after[1]}
    with reading() as connection:
        return [SlotSummary(*row) for row in connection.execute(query, asked).all()]
