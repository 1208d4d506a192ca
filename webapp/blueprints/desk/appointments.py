"""One appointment: who, when, what happened, and the next step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.squeeze import squeeze_slot
from webapp.blueprints.desk.stale import refused
from webapp.blueprints.desk.taking import came_from
from webapp.blueprints.desk.told import holder_words, priorities, status_words, summary, tell
from webapp.core.errors import DomainError, NotFound, StaleVersion
from webapp.queries.appointments import AppointmentView, find_appointment, history, party
from webapp.queries.availability import VisitType, all_types
from webapp.queries.messages import waits
from webapp.queries.questions import answers_of
from webapp.queries.series import series_of
from webapp.queries.specialists import offered_types
from webapp.rules.status import MOVES, refusal_now
from webapp.rules.undo import WINDOW, way_back
from webapp.services import appointments as steps
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.forms import tidy, version_seen
from webapp.web.fragments import render
from webapp.web.guards import actor, staff

#: the last part of the address -> (the step, the status it leads to)
STEPS: dict[str, tuple[Callable[..., Any], str]] = {
    "arrived": (steps.arrive, "ARRIVED"),
    "completed": (steps.complete, "COMPLETED"),
    "no-show": (steps.no_show, "NO_SHOW"),
    "cancel": (steps.cancel, "CANCELLED"),
}
REASON_LENGTH = 500
_KEEPING_TIME = ("HOLD", "CONFIRMED", "ARRIVED", "COMPLETED")
CHANGEABLE = ("CONFIRMED", "ARRIVED")


@blueprint.get("/appointments/<uuid:appointment_id>")
@staff("OPERATOR")
def appointment(appointment_id: UUID) -> Any:
    found = found_or_404(appointment_id)
    if found.is_held_by(g.person.user_id):
        return redirect(url_for("desk.hold", appointment_id=found.id))
    return page_of(found)


@blueprint.post("/appointments/<uuid:appointment_id>/<any('arrived', 'completed', 'no-show', 'cancel'):step>")
@staff("OPERATOR")
def move(appointment_id: UUID, step: str) -> Any:
    found = found_or_404(appointment_id)
    version = version_seen()
    action, leads_to = STEPS[step]
    extra: dict[str, Any] = {}
    if step == "cancel":
        extra = {"reason": tidy(request.form.get("reason"))[:REASON_LENGTH], "notify": tell_asked()}
    try:
        state = action(appointment_id=appointment_id, actor=actor(), version=version, **extra)
    except DomainError as error:
        return refusal_page(appointment_id, error, again=_again(step), leads_to=leads_to)
    told = waits(appointment_id, state.version) if step == "cancel" else None
    say_undoable(_said(step), appointment_id, state.version, told=told)
    return back_to_day(found)


def tell_asked() -> bool | None:
    """Is the patient to be told? None where the form did not ask; then they are."""
    return "notify" in request.form if "notify_asked" in request.form else None


def say_undoable(words: str, appointment_id: UUID, version: int, *, told: bool | None = None) -> None:
    """Say what was done, with a button that takes it back; where it is of any matter whether the patient is ``told``,
    say that too, and offer not to tell."""
    what = {"text": words, "appointment_id": str(appointment_id), "version": version}
    flash(what | {"told": told, "seconds": int(WINDOW.total_seconds())}, "undo")


def back_to_day(found: AppointmentView) -> Any:
    """Where the change was asked for, or the appointment's day."""
    return redirect(came_from() or url_for("desk.day", day=clock.day_of(found.start), at=found.id), code=303)


def refusal_page(appointment_id: UUID, error: DomainError, *, again: str = "", leads_to: str = "") -> Any:
    """The panel as the appointment stands now, with the refusal; both versions, when somebody was faster.

    ``again`` names the change that was wanted; it is offered again where it can still follow.
    """
    found = found_or_404(appointment_id)
    if not isinstance(error, StaleVersion):
        return page_of(found, error.status, refusal=sentence(error))
    can_follow = _may_follow(found, leads_to) if leads_to else found.status in CHANGEABLE
    stale = refused(found, tell(history(found.id)), label=again if can_follow else "")
    return page_of(found, error.status, refusal=sentence(error), stale=stale)


def found_or_404(appointment_id: UUID) -> AppointmentView:
    found = find_appointment(appointment_id)
    if found is None:
        raise NotFound(_("This appointment does not exist."))
    return found


def page_of(found: AppointmentView, status: int = 200, **more: Any) -> Any:
    """The panel; ``more`` is a refusal and the two versions of a stale change."""
    events = history(found.id)
    return render(
        "desk/appointment",
        status,
        appointment=found,
        day=clock.day_of(found.start),
        steps=[step for step, (_action, leads_to) in STEPS.items() if _may_follow(found, leads_to)],
        status_words=status_words()[found.status],
        squeeze_slot=squeeze_slot(found.slot_id if found.status in _KEEPING_TIME and found.seat else None),
        key=uuid4().hex,
        seen=summary(found),
        told=tell(events),
        holder=holder_words(found.source, found.taker),
        can_undo=way_back(events) is not None,
        can_change=found.status in CHANGEABLE and found.slot_id is not None,
        priorities=priorities(),
        answers=answers_of(found.id),
        types=types_for(found),
        party=party(found.party_id) if found.party_id else [],
        series=series_of(found.id),
        series_words=status_words(),
        **{"refusal": "", "stale": None} | more,
    )


def _may_follow(found: AppointmentView, leads_to: str) -> bool:
    """Would the step be refused now, it is not offered."""
    if found.status == "HOLD" or leads_to not in MOVES.get(found.status, frozenset()):
        return False
    day_begins = clock.start_of(clock.day_of(found.start))
    return not refusal_now(found.status, leads_to, start=found.start, day_begins=day_begins, now=clock.now())


def types_for(found: AppointmentView) -> list[VisitType]:
    """What the appointment's specialist offers."""
    offered = offered_types().get(found.specialist_id, set()) if found.specialist_id else set()
    return [one for one in all_types() if one.id in offered]


def _said(step: str) -> str:
    return {
        "arrived": _("Marked as arrived."),
        "completed": _("Marked as done."),
        "no-show": _("Marked as a no-show; the time is free again."),
        "cancel": _("Cancelled; the time is free again."),
    }[step]


def _again(step: str) -> str:
    return {
        "arrived": _("Mark as arrived all the same"),
        "completed": _("Mark as done all the same"),
        "no-show": _("Mark as a no-show all the same"),
        "cancel": _("Cancel it all the same"),
    }[step]
