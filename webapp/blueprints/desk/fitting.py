"""A visit that needs more time than is held: until when it is free, who stands there, and where it fits."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from flask_babel import gettext as _

from webapp.core.errors import Conflict, DomainError, HoldExpired, PatientBusy, StaleVersion
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import FreeTime, find_type
from webapp.queries.room_ahead import RoomAhead, room_ahead
from webapp.queries.why_not import near_free
from webapp.web import clock
from webapp.web.filters import clock as clock_words
from webapp.web.filters import shown_name


@dataclass(frozen=True, slots=True)
class TooLong:
    """Why the chosen visit does not fit, and the free times nearest to it where it does."""

    words: str
    near: list[FreeTime] = field(default_factory=list)


def too_long(found: AppointmentView, type_id: UUID | None, error: DomainError) -> TooLong | None:
    """What to say where a hold refuses the visit for the time that it needs; None for any other refusal."""
    visit = find_type(type_id) if type_id and type_id != found.type_id else None
    if visit is None or found.specialist_id is None or not is_for_room(error):
        return None
    words = in_the_way(found, visit.minutes + visit.buffer_after) or _(
        "There is not enough free time here for this visit."
    )
    return TooLong(words, near_free(specialist_id=found.specialist_id, start=found.start, visit=visit, now=clock.now()))


def is_for_room(error: DomainError) -> bool:
    """Was it refused because others are in the way, and not for the hold, the patient or an older version?"""
    return isinstance(error, Conflict) and not isinstance(error, HoldExpired | PatientBusy | StaleVersion)


def in_the_way(found: AppointmentView, minutes: int) -> str:
    """Until when it is free where the appointment stands, and who comes then; empty where it is free for so long."""
    if found.specialist_id is None:
        return ""
    where = {"specialist_id": found.specialist_id, "start": found.start}
    ahead = room_ahead(appointment_id=found.id, **where, now=clock.now())
    return _words(ahead) if ahead and ahead.until < found.start + timedelta(minutes=minutes) else ""


def _words(ahead: RoomAhead) -> str:
    time = clock_words(ahead.until)
    if ahead.status is None:
        return str(_("Free only until %(time)s.", time=time))
    who = shown_name(ahead.patient_name) or (_("held") if ahead.status == "HOLD" else _("booked"))
    return str(_("Free only until %(time)s (%(who)s).", time=time, who=who))
