"""One appointment: who, when, what happened, and the next step."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.squeeze import squeeze_slot
from webapp.core.errors import DomainError, NotFound
from webapp.queries.appointments import AppointmentView, EventView, find_appointment, history
from webapp.rules.status import MOVES
from webapp.services import appointments as steps
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.forms import tidy
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


@blueprint.get("/appointments/<uuid:appointment_id>")
@staff("OPERATOR")
def appointment(appointment_id: UUID) -> Any:
    return _page(_found(appointment_id))


@blueprint.post("/appointments/<uuid:appointment_id>/<any('arrived', 'completed', 'no-show', 'cancel'):step>")
@staff("OPERATOR")
def move(appointment_id: UUID, step: str) -> Any:
    found = _found(appointment_id)
    version = request.form.get("version", type=int) or abort(400)
    action, _status = STEPS[step]
    extra = {"reason": tidy(request.form.get("reason"))[:REASON_LENGTH]} if step == "cancel" else {}
    try:
        action(appointment_id=appointment_id, actor=actor(), version=version, **extra)
    except DomainError as error:
        return _page(_found(appointment_id), error.status, refusal=sentence(error))
    flash(_said(step), "good")
    return redirect(url_for("desk.day", day=clock.day_of(found.start), at=appointment_id), code=303)


def _said(step: str) -> str:
    return {
        "arrived": _("Marked as arrived."),
        "completed": _("Marked as done."),
        "no-show": _("Marked as a no-show; the time is free again."),
        "cancel": _("Cancelled; the time is free again."),
    }[step]


def _page(found: AppointmentView, status: int = 200, refusal: str = "") -> Any:
    allowed = MOVES.get(found.status, frozenset())
    return render(
        "desk/appointment",
        status,
        appointment=found,
        refusal=refusal,
        squeeze_slot=squeeze_slot(found.slot_id if found.status in _KEEPING_TIME and found.seat else None),
        key=uuid4().hex,
        day=clock.day_of(found.start),
        steps=[step for step, (_action, leads_to) in STEPS.items() if leads_to in allowed and found.status != "HOLD"],
        status_words=_status_words()[found.status],
        events=[(event, _event_words(event), _who(event)) for event in history(found.id)],
    )


def _found(appointment_id: UUID) -> AppointmentView:
    found = find_appointment(appointment_id)
    if found is None:
        raise NotFound(_("This appointment does not exist."))
    return found


def _status_words() -> dict[str, str]:
    return {
        "HOLD": _("Held"),
        "CONFIRMED": _("Confirmed"),
        "ARRIVED": _("Arrived"),
        "COMPLETED": _("Done"),
        "CANCELLED": _("Cancelled"),
        "NO_SHOW": _("No-show"),
        "EXPIRED": _("Hold ran out"),
    }


def _event_words(event: EventView) -> str:
    words = {
        "HELD": _("Held"),
        "BOOKED": _("Booked"),
        "SQUEEZED_IN": _("Squeezed in"),
        "TO_BE_TOLD": _("To be told"),
        "TOLD": _("Told"),
        "NAMED": _("Patient chosen"),
        "CONFIRMED": _("Confirmed"),
        "EXTENDED": _("Held longer"),
        "RELEASED": _("Given back"),
        "EXPIRED": _("Hold ran out"),
        "RESCHEDULED": _("Moved"),
        "ARRIVED": _("Arrived"),
        "COMPLETED": _("Done"),
        "NO_SHOW": _("No-show"),
        "CANCELLED": _("Cancelled"),
    }.get(event.event_type, event.event_type)
    reason = event.detail.get("reason")
    return f"{words}: {reason}" if reason else words


def _who(event: EventView) -> str:
    if event.actor == g.person.actor:
        return _("you")
    kind = event.actor.partition(":")[0]
    known = {"user": _("the desk"), "patient": _("the patient"), "clock": _("the clock"), "api": _("a program")}
    return known.get(kind, _("a program") if kind == "token" else event.actor)
