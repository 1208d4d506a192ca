"""Moving an appointment: to a free time of a day, of any specialist who offers the visit."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import abort, g, jsonify, request
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.appointments import (
    CHANGEABLE,
    back_to_day,
    found_or_404,
    page_of,
    refusal_page,
    say_undoable,
    tell_asked,
)
from webapp.blueprints.desk.shown import Shown, shown_now
from webapp.blueprints.desk.told import summary
from webapp.core.errors import DomainError, StaleVersion
from webapp.queries.appointments import AppointmentView
from webapp.queries.messages import waits
from webapp.queries.places import Place, nearest_places, places_of
from webapp.queries.slots import slot_summary
from webapp.services.booking import reschedule
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import clock as clock_face
from webapp.web.filters import clock_range, moment
from webapp.web.forms import version_seen
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@blueprint.get("/appointments/<uuid:appointment_id>/move")
@staff("OPERATOR")
def move_form(appointment_id: UUID) -> Any:
    """A day's free times, and why not the others; with a slot named, the question whether to move there."""
    found = found_or_404(appointment_id)
    if found.status not in CHANGEABLE or found.slot_id is None:
        return page_of(found)
    return _form(found, day=clock.parse_day(request.args.get("date", "")), slot_id=request.args.get("slot", type=UUID))


@blueprint.post("/appointments/<uuid:appointment_id>/place")
@staff("OPERATOR")
def place(appointment_id: UUID) -> Any:
    """Move it. It keeps its length, and its time when the new one is lost; then others near that are offered."""
    found, version = found_or_404(appointment_id), version_seen()
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    where = {"slot_id": slot_id, "minutes": found.minutes, "version": version, "notify": tell_asked()}
    try:
        moved = reschedule(appointment_id=appointment_id, actor=actor(), source="DESK", **where)
    except DomainError as error:
        found = found_or_404(appointment_id)
        if isinstance(error, StaleVersion) and found.slot_id == slot_id and found.status in CHANGEABLE:
            return _moved(found)  # it was this very button, pressed twice
        if isinstance(error, StaleVersion) or found.status not in CHANGEABLE:
            return refusal_page(appointment_id, error, again=_("Move it all the same"))
        return _lost(found, slot_id, error)
    return _moved(found_or_404(appointment_id), moved.version, anew=moved.status != found.status)


def _moved(found: AppointmentView, version: int | None = None, *, anew: bool = False) -> Any:
    """``anew``: who had arrived is expected again, on another day."""
    words = {"when": moment(found.start), "who": found.specialist_name}
    said = _("Moved to %(when)s, %(who)s.", **words)
    if anew:
        said += " " + _("The patient is expected then and no longer marked as arrived.")
    version = version or found.version
    say_undoable(said, found.id, version, told=waits(found.id, version))
    return back_to_day(found)


@blueprint.get("/appointments/<uuid:appointment_id>/places/<day:day>")
@staff("OPERATOR")
def places(appointment_id: UUID, day: date) -> Any:
    """What a hand that drags must know: each start of the day, whether it can be had, and if not, why."""
    found, shown = found_or_404(appointment_id), shown_now()
    every = places_of(appointment_id=appointment_id, day=day, zone=g.clinic.timezone)
    return jsonify(version=found.version, places=[_compact(one, shown) for one in every])


def _compact(one: Place, shown: Shown) -> dict[str, Any]:
    return {
        "slot": one.slot_id,
        "column": one.specialist_id,
        "who": one.specialist_name,
        "minute": int(one.start.timestamp()) // 60,
        "minutes": int((one.end - one.start).total_seconds()) // 60,
        "clock": clock_range(one.start, one.end),
        "here": one.obstacle == "here",
        "why": "" if one.obstacle in ("", "here") else _why(one, shown),
    }


def _lost(found: AppointmentView, slot_id: UUID, error: DomainError) -> Any:
    """The time went to somebody else: the form again, the nearest others to the one that was wanted first."""
    wanted = slot_summary(slot_id)
    around = wanted.start if wanted else found.start
    return _form(found, error.status, refusal=sentence(error), day=clock.day_of(around), around=around)


def _form(
    found: AppointmentView,
    status: int = 200,
    *,
    day: date | None,
    slot_id: UUID | None = None,
    around: datetime | None = None,
    refusal: str = "",
) -> Any:
    shown, zone = shown_now(), g.clinic.timezone
    wanted = slot_summary(slot_id) if slot_id else None
    day = clock.day_of(wanted.start) if wanted else day or max(clock.day_of(found.start), clock.today())
    every = places_of(appointment_id=found.id, day=day, zone=zone)
    chosen = next((one for one in every if one.slot_id == slot_id), None)
    near = {"around": around or found.start, "not_before": clock.now(), "today": clock.today()}
    return render(
        "desk/move",
        status,
        appointment=found,
        seen=summary(found),
        patient=shown.patient(found.patient_name),
        day=clock.day_of(found.start),
        to_day=day,
        refusal=refusal,
        chosen=chosen,
        in_the_past=bool(chosen and chosen.start < clock.now()),
        why=_why(chosen, shown) if chosen and chosen.obstacle else "",
        proposals=nearest_places(appointment_id=found.id, zone=zone, **near),
        columns=_columns(every, shown),
    )


def _columns(every: Iterable[Place], shown: Shown) -> list[tuple[str, list[Place], list[tuple[Place, str]]]]:
    """Each specialist with the free starts, and the others with what is in their way."""
    found = []
    for _id, group in groupby(every, key=lambda one: one.specialist_id):
        places = list(group)
        free = [one for one in places if not one.obstacle]
        found.append((places[0].specialist_name, free, [(one, _why(one, shown)) for one in places if one.obstacle]))
    return found


def _why(one: Place, shown: Shown) -> str:
    until = ""
    if one.until:
        same_day = clock.day_of(one.until) == clock.day_of(one.start)
        until = clock_face(one.until) if same_day else moment(one.until)
    if one.obstacle == "closed" and one.by:
        return _("Closed until %(time)s: %(reason)s", time=until, reason=one.by)
    if one.obstacle == "elsewhere":
        return _("The patient is with %(who)s until %(time)s.", who=one.by or "–", time=until)
    if one.obstacle in ("taken", "held") and one.by:
        return _("%(who)s stands here until %(time)s.", who=shown.patient(one.by), time=until)
    return {
        "here": _("It stands here now."),
        "closed": _("Closed until %(time)s.", time=until),
        "taken": _("Taken until %(time)s.", time=until),
        "held": _("Somebody is booking this time just now."),
        "room": _("The room is in use until %(time)s.", time=until),
        "full": _("All seats are taken."),
        "short": _("Too short: closed from %(time)s.", time=until),
    }[one.obstacle]
