"""Type of visit, day, time: three pages, then the time is held."""

from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from flask import abort, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.holding import alternatives, bookable_type, own_hold, take_time
from webapp.core.errors import Conflict
from webapp.queries.availability import FreeDay, FreeTime, VisitType, free_days, free_times, public_types
from webapp.queries.slots import slot_summary
from webapp.queries.specialists import list_specialists, offered_types
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render
from webapp.web.guards import public

DAYS_A_PAGE = 14


@blueprint.get("/c/<clinic>/book")
@public
def types() -> Any:
    if not g.clinic.public_booking:
        return redirect(url_for("patient.front"))
    return render("patient/types", types=public_types())


@blueprint.get("/c/<clinic>/book/<uuid:type_id>")
@public
def days(type_id: UUID) -> Any:
    visit = bookable_type(type_id)
    first, last = clock.days_open()
    free = free_days(
        type_id=visit.id,
        specialist_id=_specialist(),
        zone=g.clinic.timezone,
        first=first,
        last=last,
        not_before=clock.earliest(),
    )
    since = clock.parse_day(request.args.get("since", "")) or first
    return render("patient/days", type=visit, last_day=last, **_paged(free, since), **_only(visit))


@blueprint.get("/c/<clinic>/book/<uuid:type_id>/<day:day>")
@public
def times(type_id: UUID, day: date) -> Any:
    visit = bookable_type(type_id)
    own = own_hold()
    return render(
        "patient/times",
        type=visit,
        day=day,
        groups=_by_part_of_day(_times(visit, day)),
        key=uuid4().hex,
        own=own,
        own_url=url_for("patient.details", token=links.seal("hold", own.id)) if own else None,
        **_only(visit),
    )


@blueprint.post("/c/<clinic>/book/<uuid:type_id>/<day:day>")
@public
def take(type_id: UUID, day: date) -> Any:
    visit = bookable_type(type_id)
    slot_id = request.form.get("slot_id", type=UUID)
    if slot_id is None:
        abort(400)
    try:
        booking = take_time(slot_id=slot_id, visit=visit, page_key=request.form.get("key", ""))
    except Conflict as error:
        slot = slot_summary(slot_id)
        return render(
            "patient/taken",
            error.status,
            type=visit,
            heading=_("This time is gone"),
            reason=sentence(error),
            alternatives=alternatives(visit, slot.start if slot else clock.start_of(day)),
            answers=[],
            action=url_for("patient.take", type_id=visit.id, day=day),
            key=uuid4().hex,
        )
    return redirect(url_for("patient.details", token=links.seal("hold", booking.id)), code=303)


def _times(visit: VisitType, day: date) -> list[FreeTime]:
    first, last = clock.days_open()
    if not first <= day <= last:
        return []
    return free_times(
        type_id=visit.id,
        specialist_id=_specialist(),
        day=day,
        zone=g.clinic.timezone,
        not_before=clock.earliest(),
    )


def _by_part_of_day(found: list[FreeTime]) -> list[tuple[str, list[FreeTime]]]:
    titles = {"morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")}
    once = [_one_of(list(same)) for _start, same in groupby(found, key=lambda time: time.start)]
    return [(titles[part], list(some)) for part, some in groupby(once, key=lambda time: clock.part_of_day(time.start))]


def _one_of(same: list[FreeTime]) -> FreeTime:
    """Whoever is free at a time takes turns, so that "any specialist" does not fill the first name's book."""
    # Scattered, not counted: starts lie at regular steps, which could keep pace with the number of specialists.
    return same[(int(same[0].start.timestamp()) // 60 * 2_654_435_761 >> 16) % len(same)]


def _specialist() -> UUID | None:
    return request.args.get("with", type=UUID)


def _only(visit: VisitType) -> dict[str, Any]:
    """The specialists to choose from, and the choice as a query to carry along."""
    offered = offered_types()
    chosen = _specialist()
    return {
        "specialists": [one for one in list_specialists() if visit.id in offered.get(one.id, ())],
        "specialist_id": chosen,
        "only": {"with": chosen} if chosen else {},
    }


def _paged(free: list[FreeDay], since: date) -> dict[str, Any]:
    """Fourteen free days, the very first of all set apart, with the days the pages before and after begin at."""
    start = next((i for i, one in enumerate(free) if one.day >= since), len(free))
    page = free[start : start + DAYS_A_PAGE]
    return {
        "first": page[0] if page and start == 0 else None,
        "days": page if start else page[1:],
        "earlier": free[max(0, start - DAYS_A_PAGE)].day if start else None,
        "later": free[start + DAYS_A_PAGE].day if len(free) > start + DAYS_A_PAGE else None,
    }
