"""What makes a slot open and an appointment stand, once, for every query that asks."""

from sqlalchemy import ColumnElement, and_, bindparam, func, or_

from webapp.models import LIVE, Appointment, AppointmentStatus, TimeSlot, TimeSlotStatus


def is_open() -> ColumnElement[bool]:
    """AVAILABLE, or held until a moment that has passed: the sweeper need not have run."""
    return or_(
        TimeSlot.status == TimeSlotStatus.AVAILABLE,
        and_(TimeSlot.status == TimeSlotStatus.HOLD, TimeSlot.held_until <= func.statement_timestamp()),
    )


def has_status(*statuses: AppointmentStatus) -> ColumnElement[bool]:
    """One of these; written out in the statement, so that a plan made for any values may use the partial indexes."""
    return Appointment.status.in_(
        bindparam("status", list(statuses), expanding=True, literal_execute=True, unique=True)
    )


def stands() -> ColumnElement[bool]:
    """Occupies its time: live, and not a hold that ran out."""
    return and_(
        has_status(*LIVE),
        or_(Appointment.status != AppointmentStatus.HOLD, Appointment.expires_at > func.statement_timestamp()),
    )
