"""What makes a slot open, once, for every query that asks."""

from sqlalchemy import ColumnElement, and_, func, or_

from webapp.models import TimeSlot, TimeSlotStatus


def is_open() -> ColumnElement[bool]:
    """AVAILABLE, or held until a moment that has passed: the sweeper need not have run."""
    return or_(
        TimeSlot.status == TimeSlotStatus.AVAILABLE,
        and_(TimeSlot.status == TimeSlotStatus.HOLD, TimeSlot.held_until <= func.statement_timestamp()),
    )
