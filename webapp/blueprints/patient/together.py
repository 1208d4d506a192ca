"""Several visits at once: the days and times at which all of them fit, and taking one of those."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from flask import abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import chosen_specialist, days_page
from webapp.blueprints.patient.holding import asked_for, bookable_type
from webapp.blueprints.patient.party_holding import Plan, Wish, nearest, take_party, wished
from webapp.blueprints.patient.times import by_part_of_day, offer_page, too_many_page, why_closed
from webapp.core.errors import N_, Conflict, DomainError, NotFound, TooManyAttempts
from webapp.core.timezones import iso
from webapp.queries.appointments import AppointmentView, find_appointment, party
from webapp.queries.availability import FreeDay
from webapp.queries.parties import Offer
from webapp.queries.patient_holds import find_typed
from webapp.queries.specialists import find_specialist, list_specialists, offered_types
from webapp.rules.parties import FEWEST, MOST, most_together
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render
from webapp.web.guards import public
from webapp.web.refusals import carried, carry

TOGETHER = "/c/<clinic>/together/<uuid:type_id>"


@blueprint.get(TOGETHER)
@public
def party_days(type_id: UUID) -> Any:
    plan = planned(type_id)
    found = plan.offers(clock.earliest(), clock.bounds_of(clock.days_open()[1])[1])
    free = [FreeDay(day, len(list(some))) for day, some in groupby(found, key=lambda one: clock.day_of(one.start))]
    return render("patient/party_days", **days_page(free), **_who(plan), **ways(plan))


@blueprint.get(f"{TOGETHER}/<day:day>")
@public
def party_times(type_id: UUID, day: date) -> Any:
    plan = planned(type_id)
    groups = by_part_of_day(offers_on(plan, day))
    page = {"day": day, "why": why_closed(day), "groups": groups, "action": _take_url(plan, day)}
    return render("patient/party_times", iso=iso, key=uuid4().hex, **page, **own_party(), **ways(plan))


@blueprint.post(f"{TOGETHER}/<day:day>")
@public
def party_take(type_id: UUID, day: date) -> Any:
    plan = planned(type_id)
    before = party_behind(request.form.get("instead", ""))
    wish = wished(request.form.get("time", "")) or abort(400)
    carried_on = {"hold": request.form["instead"]} if before else {}

    return taking(plan, wish, before, refused=lambda error: _to_gone(plan, wish, error, **carried_on))


@blueprint.get(f"{TOGETHER}/<day:day>/taken")
@public
def party_gone(type_id: UUID, day: date) -> Any:
    """Why the times that were chosen could not be had, and what is near them."""
    plan, refusal, start = planned(type_id), carried(), start_asked() or clock.start_of(day)
    if refusal is None:
        return redirect(url_for("patient.party_times", type_id=plan.visits[0].ref, day=day, **plan.asked))
    if isinstance(refusal, TooManyAttempts):
        return too_many_page(refusal, **own_party(), **ways(plan))
    before = party_behind(request.args.get("hold", ""))
    kept = bool(before and find_typed(before[0].id).answers)
    return party_taken(plan, start, _("These times are gone"), sentence(refusal), _take_url(plan, day), kept=kept)


def _to_gone(plan: Plan, wish: Wish, error: DomainError, **more: str) -> Any:
    asked = plan.asked | carry(error) | more | {"near": iso(wish.start)}
    day = clock.day_of(wish.start)
    return redirect(url_for("patient.party_gone", type_id=plan.visits[0].ref, day=day, **asked), code=303)


def start_asked() -> datetime | None:
    """The start that an address speaks of, if it does."""
    wish = asked_for(request.args)
    return wish and wish.start


def taking(
    plan: Plan, wish: Wish, before: list[AppointmentView], *, refused: Callable[[Conflict], ResponseReturnValue]
) -> Any:
    """Take the times and lead on, or to where it is said why not and what else there is."""
    try:
        taken = take_party(plan=plan, wish=wish, page_key=request.form.get("key", ""), instead_of=before)
    except TooManyAttempts as error:
        return _to_gone(plan, wish, error)
    except Conflict as error:
        return refused(error)
    where = "patient.party_check" if find_typed(taken.id).answers else "patient.party_details"
    return redirect(url_for(where, token=links.seal("party", taken.id)), code=303)


def party_taken(plan: Plan, start: datetime, heading: str, reason: str, action: str, *, kept: bool) -> Any:
    """What is offered in place of times that cannot be had: the three nearest for all, each one press from held."""
    options = {"alternatives": nearest(plan, start), "any": True, "kept": kept, **own_party(), **ways(plan)}
    return offer_page("patient/party_taken", heading=heading, reason=reason, action=action, **options)


def ways(plan: Plan) -> dict[str, Any]:
    """What is planned, and where its days and their times are."""
    asked = {"type_id": plan.visits[0].ref, **plan.asked}
    return {
        "plan": plan,
        "type": plan.visits[0],
        "specialist": find_specialist(plan.specialist_id) if plan.specialist_id else None,
        "days_url": partial(url_for, "patient.party_days", **asked),
        "times_url": partial(url_for, "patient.party_times", **asked),
    }


def _who(plan: Plan) -> dict[str, Any]:
    """Those who offer all of it, to choose from; what else the address asks for goes with the choice."""
    offered = offered_types()
    kinds = {visit.id for visit in plan.visits}
    return {
        "specialists": [one for one in list_specialists() if kinds <= offered.get(one.id, set())],
        "specialist_id": plan.specialist_id,
        "besides": {name: value for name, value in request.args.items() if name in ("people", "then", "hold")},
    }


def _take_url(plan: Plan, day: date) -> str:
    return url_for("patient.party_take", type_id=plan.visits[0].ref, day=day, **plan.asked)


def planned(type_id: UUID) -> Plan:
    """What the address asks for: ``people`` who want the same, or another type ``then``. Raises NotFound, Forbidden."""
    visit = bookable_type(type_id)
    if "then" in request.args:
        second = bookable_type(request.args.get("then", type=UUID) or abort(404))
        if second.id != visit.id:
            return _checked(Plan((visit, second), chosen_specialist()))
    people = request.args.get("people", 0, type=int)
    if not FEWEST <= people <= MOST:
        raise NotFound(N_("Say first how many people come, or which two visits you want one after the other."))
    return _checked(Plan((visit,) * people, chosen_specialist()))


def _checked(plan: Plan) -> Plan:
    most = most_together(g.clinic.bookings_a_person)
    if len(plan.visits) > most > 1:
        raise NotFound(N_("At most %(most)s visits can be booked together here."), most=most)
    if len(plan.visits) > most:
        raise NotFound(N_("Visits are booked one at a time here."))
    return plan


def own_party() -> dict[str, Any]:
    """The times this browser holds together, with what leads on with them and what puts others in their place."""
    token = request.args.get("hold") or session.get("party", "")
    held = party_behind(token)
    if not held or any(one.status != "HOLD" for one in held):
        return {"own": None, "own_url": None, "own_token": None}
    return {"own": held[0], "own_url": url_for("patient.party_details", token=token), "own_token": token}


def party_behind(token: str) -> list[AppointmentView]:
    """The visits of a party, by its sealed link; [] for any other."""
    appointment_id = links.unseal("party", token) if token else None
    first = find_appointment(appointment_id) if appointment_id else None
    return party(first.party_id) if first and first.party_id else []


def offers_on(plan: Plan, day: date) -> list[Offer]:
    first, last = clock.days_open()
    if not first <= day <= last:
        return []
    since, until = clock.bounds_of(day)
    return plan.offers(max(since, clock.earliest()), until)
