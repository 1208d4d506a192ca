"""The free times of a day, and taking one of them."""

from datetime import date
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from flask import abort, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import chosen, chosen_specialist
from webapp.blueprints.patient.holding import (
    Wish,
    alternatives,
    asked_for,
    bookable_type,
    check_open,
    held_by_token,
    held_here,
    hold_url,
    own_hold,
    take_time,
    wished,
)
from webapp.core.errors import Conflict, DomainError, TooManyAttempts
from webapp.core.timezones import iso
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import FreeTime, VisitType, free_times
from webapp.queries.patient_holds import Holding, find_typed
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render
from webapp.web.guards import public
from webapp.web.refusals import carried, carry


@blueprint.get("/c/<clinic>/book/<uuid:type_id>/<day:day>")
@public
def times(type_id: UUID, day: date) -> Any:
    visit = bookable_type(type_id)
    # Each time once: with whom it will be is decided when it is taken.
    once = [next(same) for _start, same in groupby(_times(visit, day), key=lambda time: time.start)]
    context = chosen(visit)
    action = url_for("patient.take", type_id=visit.ref, day=day, **context["only"])
    page = {"day": day, "why": why_closed(day), "groups": by_part_of_day(once), "action": action}
    return render("patient/times", type=visit, iso=iso, key=uuid4().hex, **page, **own(), **context)


@blueprint.post("/c/<clinic>/book/<uuid:type_id>/<day:day>")
@public
def take(type_id: UUID, day: date) -> Any:
    visit = bookable_type(type_id)
    before = held_by_token(request.form.get("instead", ""))
    wish = Wish(clock.start_of(day), chosen_specialist())
    try:
        wish = wished(request.form, wish.specialist_id) or abort(400)
        held = take_time(
            wish=wish,
            visit=visit,
            page_key=request.form.get("key", ""),
            instead_of=before.id if before and before.status == "HOLD" else None,
        )
    except (Conflict, TooManyAttempts) as error:
        carried_on = {"hold": request.form["instead"]} if before else {}
        return to_taken(visit, day, wish, error, **carried_on)
    return to_held(held)


@blueprint.get("/c/<clinic>/book/<uuid:type_id>/<day:day>/taken")
@public
def taken(type_id: UUID, day: date) -> Any:
    """Why the time that was chosen could not be had, and what is near it."""
    visit, refusal, before = bookable_type(type_id), carried(), held_by_token(request.args.get("hold", ""))
    wish = asked_for(request.args) or Wish(clock.start_of(day), chosen_specialist())
    if refusal is None:
        return redirect(url_for("patient.times", type_id=visit.ref, day=day))
    if isinstance(refusal, TooManyAttempts):
        return too_many_page(refusal, **near(visit))
    action = url_for("patient.take", type_id=visit.ref, day=day, **_only(wish))
    kept = bool(before and find_typed(before.id).answers)
    return taken_page(visit, wish, heading=_("This time is gone"), reason=sentence(refusal), action=action, kept=kept)


def to_taken(visit: VisitType, day: date, wish: Wish, error: DomainError, **more: str) -> Any:
    """To the page of what there is in place of a time that was not had."""
    asked = wish.asked | carry(error) | more
    return redirect(url_for("patient.taken", type_id=visit.ref, day=day, **asked), code=303)


def why_closed(day: date) -> str:
    """Why there is nothing to choose from on a day, where that is the clinic's rule; else nothing."""
    refusal = clock.why_closed(day)
    return sentence(refusal) if refusal else ""


def taken_page(visit: VisitType, wish: Wish, *, heading: str, reason: str, action: str, kept: bool) -> Any:
    """What is offered in place of a time that cannot be had: the three nearest, each one press from held.

    Raises Forbidden where none can be held any more.
    """
    check_open()
    options = {"alternatives": alternatives(visit, wish), "any": wish.specialist_id is None}
    return offer_page(
        "patient/taken", heading=heading, reason=reason, action=action, kept=kept, **near(visit), **options
    )


def offer_page(template: str, **context: Any) -> Any:
    """A page of times in place of what cannot be had, each a button to take it."""
    return render(template, 409, iso=iso, key=uuid4().hex, **context)


def too_many_page(error: TooManyAttempts, **context: Any) -> Any:
    """Why no more times are held for this visitor, and what to do about it."""
    holdings = [(one, _held_url(one, "details"), _held_url(one, "give_back")) for one in held_here()]
    return render("patient/too_many", error.status, reason=sentence(error), holdings=holdings, **context)


def _held_url(holding: Holding, page: str) -> str:
    purpose, prefix = ("party", "party_") if holding.party_id else ("hold", "")
    return url_for(f"patient.{prefix}{page}", token=links.seal(purpose, holding.appointment_id))


def near(visit: VisitType) -> dict[str, Any]:
    """What leads on where a time of this type cannot be had."""
    return {"type": visit, "days_url": partial(url_for, "patient.days", type_id=visit.ref), **own()}


def own() -> dict[str, Any]:
    """The time this browser holds, with what leads on with it and what puts another one in its place."""
    held: AppointmentView | None = own_hold()
    token = links.seal("hold", held.id) if held else None
    return {"own": held, "own_url": hold_url(held) if held else None, "own_token": token}


def to_held(appointment_id: UUID) -> Any:
    """On with a time that was just held: to the last look where all is said already, else to the details."""
    where = "patient.check" if find_typed(appointment_id).answers else "patient.details"
    return redirect(url_for(where, token=links.seal("hold", appointment_id)), code=303)


def _only(wish: Wish) -> dict[str, UUID]:
    return {"with": wish.specialist_id} if wish.specialist_id else {}


def _times(visit: VisitType, day: date) -> list[FreeTime]:
    first, last = clock.days_open()
    if not first <= day <= last:
        return []
    return free_times(
        type_id=visit.id,
        specialist_id=chosen_specialist(),
        day=day,
        zone=g.clinic.timezone,
        not_before=clock.earliest(),
    )


def by_part_of_day(found: list[Any]) -> list[tuple[str, list[Any]]]:
    """What has a ``start``, in order, under the words for the parts of the day."""
    titles = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}
    return [(titles[part], list(some)) for part, some in groupby(found, key=lambda one: clock.part_of_day(one.start))]
