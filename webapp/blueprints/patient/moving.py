"""Moving a visit: days, times, and the question whether to. The old time stays until the new one is taken."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import days_page
from webapp.blueprints.patient.own_changes import check_move, may_move
from webapp.blueprints.patient.times import by_part_of_day
from webapp.blueprints.patient.visit import VISIT, refused
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired, SlotTaken, StaleVersion
from webapp.core.timezones import local_day
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.availability import FreeDay, FreeTime, find_type, free_times_within, wanted_for
from webapp.queries.slots import SlotSummary, slot_summary
from webapp.queries.specialists import list_specialists, offered_types
from webapp.rules.fitting import Wanted
from webapp.rules.slots import Span
from webapp.services.booking import reschedule
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import moment
from webapp.web.forms import version_seen
from webapp.web.fragments import render
from webapp.web.guards import managed
from webapp.web.refusals import carried, carry

NEAR = timedelta(days=14)
ALTERNATIVES = 3


@blueprint.get(f"{VISIT}/move")
@managed
def move(appointment: AppointmentView, token: str) -> Any:
    if not may_move(appointment):
        return redirect(url_for("patient.visit", token=token), code=303)
    who = _specialist(appointment)
    free = _days(_free(appointment, clock.earliest(), _end_of_horizon(), who))
    return render(
        "patient/move",
        appointment=appointment,
        token=token,
        **days_page(free),
        **_only(appointment, who, token),
    )


@blueprint.get(f"{VISIT}/move/<day:day>")
@managed
def move_times(appointment: AppointmentView, token: str, day: date) -> Any:
    if not may_move(appointment):
        return redirect(url_for("patient.visit", token=token), code=303)
    who = _specialist(appointment)
    since, until = clock.bounds_of(day)
    found = _free(appointment, max(since, clock.earliest()), min(until, _end_of_horizon()), who)
    return render(
        "patient/move_times",
        appointment=appointment,
        token=token,
        day=day,
        groups=by_part_of_day(found),
        **_only(appointment, who, token),
    )


@blueprint.get(f"{VISIT}/move/to/<uuid:slot_id>")
@managed
def move_form(appointment: AppointmentView, token: str, slot_id: UUID) -> Any:
    """The old time and the new one side by side."""
    if not may_move(appointment) or appointment.slot_id == slot_id:
        return redirect(url_for("patient.visit", token=token), code=303)
    slot = slot_summary(slot_id) or abort(404)
    refusal = carried()  # of this very move, when it was sent
    if refusal:
        return _gone(appointment, token, slot, refusal)
    try:
        time = _offered(appointment, slot)
    except Conflict as error:
        return _gone(appointment, token, slot, error)
    return render("patient/move_form", appointment=appointment, token=token, time=time)


@blueprint.post(f"{VISIT}/move/to/<uuid:slot_id>")
@managed
def move_to(appointment: AppointmentView, token: str, slot_id: UUID) -> Any:
    slot = slot_summary(slot_id) or abort(404)
    version = version_seen()
    try:
        if appointment.slot_id != slot_id:
            _move(appointment, slot, version)
            flash(_("Your visit is moved to %(when)s.", when=moment(slot.start)), "good")
    except Conflict as error:
        now = find_appointment(appointment.id) or abort(404)
        if now.slot_id != slot_id:  # else it was this very button, pressed twice
            return _refused(now, token, slot, error)
    return redirect(url_for("patient.visit", token=token), code=303)


def _move(appointment: AppointmentView, slot: SlotSummary, version: int) -> None:
    # The version that the door compares holds the start for which the cut-off was checked here.
    check_move(appointment)
    if version == appointment.version:
        _offered(appointment, slot)
    reschedule(
        appointment_id=appointment.id,
        version=version,
        slot_id=slot.slot_id,
        minutes=appointment.minutes,
        actor="patient",
        source="PATIENT",
    )


def _refused(now: AppointmentView, token: str, slot: SlotSummary, error: Conflict) -> Any:
    if isinstance(error, StaleVersion | HoldExpired) or not may_move(now):
        return refused(token, error)
    return redirect(url_for("patient.move_form", token=token, slot_id=slot.slot_id, **carry(error)), code=303)


def _gone(appointment: AppointmentView, token: str, slot: SlotSummary, error: DomainError) -> Any:
    return render(
        "patient/move_gone",
        409,
        appointment=appointment,
        token=token,
        reason=sentence(error),
        alternatives=_nearest(appointment, slot.start),
        days_url=partial(url_for, "patient.move", token=token),
    )


def _free(appointment: AppointmentView, since: datetime, until: datetime, who: UUID | None) -> list[FreeTime]:
    """Free starts for a visit of this type and length; one without a type stays with its specialist."""
    if since >= until or appointment.minutes is None:
        return []
    kind = find_type(appointment.type_id) if appointment.type_id else None
    wanted = wanted_for(kind, minutes=appointment.minutes) if kind else Wanted(appointment.minutes)
    who = who if kind else appointment.specialist_id
    return free_times_within([Span(since, until)], wanted, specialist_ids=[who] if who else None)


def _offered(appointment: AppointmentView, slot: SlotSummary) -> FreeTime:
    """The slot as a free time for this visit. Raises SlotTaken with the reason."""
    clock.check_bookable(slot.start)
    found = _free(appointment, slot.start, slot.start + timedelta(seconds=1), slot.specialist_id)
    time = next((time for time in found if time.slot_id == slot.slot_id), None)
    if time is None:
        raise SlotTaken(N_("This time has just been taken. Choose another one."))
    return time


def _nearest(appointment: AppointmentView, wanted: datetime) -> list[FreeTime]:
    """The free times nearest to the one that was wanted, in order; first within a fortnight, then anywhere."""
    since, until = clock.earliest(), _end_of_horizon()
    near = _free(appointment, max(since, wanted - NEAR), min(until, wanted + NEAR), None)
    times = near or _free(appointment, since, until, None)
    return sorted(sorted(times, key=lambda time: abs(time.start - wanted))[:ALTERNATIVES], key=lambda time: time.start)


def _end_of_horizon() -> datetime:
    return clock.bounds_of(clock.days_open()[1])[1]


def _days(found: list[FreeTime]) -> list[FreeDay]:
    starts: dict[date, set[datetime]] = {}
    for time in found:
        starts.setdefault(local_day(time.start, g.clinic.timezone), set()).add(time.start)
    return [FreeDay(day, len(some)) for day, some in sorted(starts.items())]


def _specialist(appointment: AppointmentView) -> UUID | None:
    """With whom: whoever the visit is with, unless somebody else is asked for, or (empty) anybody."""
    return request.args.get("with", type=UUID) if "with" in request.args else appointment.specialist_id


def _only(appointment: AppointmentView, who: UUID | None, token: str) -> dict[str, Any]:
    """The specialists to choose from, and the choice as a query to carry along, and where days and times are."""
    offered, only = offered_types(), {"with": who or ""}
    return {
        "specialists": [one for one in list_specialists() if appointment.type_id in offered.get(one.id, ())],
        "specialist_id": who,
        "only": only,
        "days_url": partial(url_for, "patient.move", token=token, **only),
        "times_url": partial(url_for, "patient.move_times", token=token, **only),
    }
