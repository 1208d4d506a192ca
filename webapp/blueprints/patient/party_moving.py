"""Moving visits that were booked together to other times at which all of them fit; the old ones stay until then."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import days_page
from webapp.blueprints.patient.own_changes import check_move, still_to_come, which_and_why
from webapp.blueprints.patient.party_holding import Plan, Wish, nearest, offered, plan_of, times_of, wished
from webapp.blueprints.patient.party_visits import (
    Members,
    check_all,
    together,
)
from webapp.blueprints.patient.times import by_part_of_day
from webapp.blueprints.patient.together import offers_on
from webapp.blueprints.patient.visit import VISIT, refused
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired, NotFound, SlotTaken, StaleVersion
from webapp.core.timezones import iso
from webapp.queries.appointments import AppointmentView, party
from webapp.queries.availability import FreeDay, FreeTime, free_times_between
from webapp.rules.parties import field_of
from webapp.services.party_changes import move_party
from webapp.services.party_rows import Seat
from webapp.web import clock
from webapp.web.filters import moment
from webapp.web.forms import version_seen
from webapp.web.fragments import render
from webapp.web.guards import managed
from webapp.web.refusals import carried, carry

MOVE = f"{VISIT}/move-all"


@blueprint.get(MOVE)
@managed
@together
def move_all(appointment: AppointmentView, members: Members, token: str) -> Any:
    try:
        plan = _planned(members)
    except Conflict as error:
        return refused(token, error)
    found = plan.offers(clock.earliest(), clock.bounds_of(clock.days_open()[1])[1])
    free = [FreeDay(day, len(list(some))) for day, some in groupby(found, key=lambda one: clock.day_of(one.start))]
    return render("patient/move_all", **days_page(free), **_ways(members, token))


@blueprint.get(f"{MOVE}/<day:day>")
@managed
@together
def move_all_times(appointment: AppointmentView, members: Members, token: str, day: date) -> Any:
    try:
        plan = _planned(members)
    except Conflict as error:
        return refused(token, error)
    groups = by_part_of_day(offers_on(plan, day))
    return render("patient/move_all_times", day=day, groups=groups, plan=plan, iso=iso, **_ways(members, token))


@blueprint.get(f"{MOVE}/to")
@managed
@together
def move_all_form(appointment: AppointmentView, members: Members, token: str) -> Any:
    """The old times and the new ones side by side."""
    wish, refusal = wished(request.args.get("time", "")) or abort(404), carried()
    try:
        plan = _planned(members)
    except Conflict as error:
        return refused(token, error)
    if refusal:  # of this very move, when it was sent
        return _gone(members, token, plan, wish, refusal)
    try:
        times = times_of(offered(plan, wish))
    except Conflict as error:
        return _gone(members, token, plan, wish, error)
    coming = still_to_come(members)
    pairs = list(zip(coming, _in_order(times[: len(coming)]), strict=True))
    return render("patient/move_all_form", pairs=pairs, wish=wish, iso=iso, **_ways(members, token))


@blueprint.post(f"{MOVE}/to")
@managed
@together
def move_all_to(appointment: AppointmentView, members: Members, token: str) -> Any:
    """All or none. What is sent names the slots that were looked at."""
    wish = wished(request.form.get("time", "")) or abort(400)
    slots, versions = _slots_sent(), version_seen()
    coming = still_to_come(members)
    try:
        if [one.slot_id for one in coming] != slots:
            _move(members, wish, slots, versions)
            flash(_("Your visits are moved. The first one is at %(when)s.", when=moment(wish.start)), "good")
    except Conflict as error:
        now = party(members[0].party_id or abort(404))
        if [one.slot_id for one in still_to_come(now)] != slots:  # else it was this very button, pressed twice
            return _refused(token, wish, error)
    return redirect(url_for("patient.visit", token=token), code=303)


def _move(members: Members, wish: Wish, slots: Sequence[UUID], versions: int) -> None:
    plan = _planned(members)
    if versions == sum(one.version for one in members):
        _check_offered(plan, wish, slots)
    seats = [Seat(slot, visit.id) for slot, visit in zip(slots, plan.visits, strict=False)]
    move_party(party_id=members[0].party_id or abort(404), seats=seats, actor="patient", versions=versions)


def _check_offered(plan: Plan, wish: Wish, slots: Sequence[UUID]) -> None:
    """Raise SlotTaken unless these slots are an offer, with the visit as its field whose slot is not free."""
    with suppress(SlotTaken):
        if any(set(slots) <= {time.slot_id for time in way} for way in offered(plan, wish).ways):
            return
    taken = N_("This time has just been taken. Choose another one.")
    for number, (slot, visit) in enumerate(zip(slots, plan.visits, strict=False), start=1):
        free = free_times_between(type_id=visit.id, since=wish.start, until=wish.end)
        if slot not in {time.slot_id for time in free}:
            raise SlotTaken(taken, field=field_of(number, "visit"))
    raise SlotTaken(taken)


def _planned(members: Members) -> Plan:
    """What is to be moved. Raises Conflict unless it can be, as a whole."""
    coming = still_to_come(members)
    check_all(coming, check_move)
    alone = Conflict(N_("These visits cannot be moved together online. Move each by itself, or call the clinic."))
    if len(coming) < 2:
        raise alone
    try:
        plan = plan_of(coming)
    except NotFound:
        raise alone from None
    kinds = {visit.id for visit in plan.visits}
    changed = any(not v.is_group and one.minutes != v.minutes for one, v in zip(coming, plan.visits, strict=True))
    if changed or len(kinds) not in (1, len(coming)) or len(kinds) > 2:
        raise alone
    return plan


def _slots_sent() -> list[UUID]:
    """The slots that were looked at, one for each visit; anything else is none of our forms: 400."""
    try:
        return [UUID(slot) for slot in request.form.get("slots", "").split()] or abort(400)
    except ValueError:
        abort(400)


def _in_order(times: Sequence[FreeTime]) -> list[FreeTime]:
    """As they are given to the visits: by start, as everybody locks."""
    return sorted(times, key=lambda time: (time.start, time.slot_id))


def _ways(members: Members, token: str) -> dict[str, Any]:
    """What all the pages of a move need."""
    return {
        "coming": still_to_come(members),
        "token": token,
        "version": sum(one.version for one in members),
        "days_url": partial(url_for, "patient.move_all", token=token),
        "times_url": partial(url_for, "patient.move_all_times", token=token),
    }


def _refused(token: str, wish: Wish, error: Conflict) -> Any:
    """Nothing was changed: the page of the visit says why, or others near are offered where there may be some."""
    if isinstance(error, StaleVersion | HoldExpired):
        return refused(token, error)
    asked = carry(error) | {"time": f"{iso(wish.start)}/{iso(wish.end)}"}
    return redirect(url_for("patient.move_all_form", token=token, **asked), code=303)


def _gone(members: Members, token: str, plan: Plan, wish: Wish, error: DomainError) -> Any:
    return render(
        "patient/move_all_gone",
        409,
        reason=which_and_why(members, error),
        alternatives=nearest(plan, wish.start),
        plan=plan,
        iso=iso,
        **_ways(members, token),
    )
