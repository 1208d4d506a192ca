"""Finding a time: the next free ones across specialists, and the very first for somebody who walks in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.taking import remember_question, take_once, take_seats, visit_for_walk_in
from webapp.core.errors import Conflict, SlotTaken
from webapp.queries.availability import VisitType, all_types, wanted_for
from webapp.queries.next_free import Search, free_now, next_free
from webapp.queries.specialists import list_specialists
from webapp.rules.day_parts import PARTS
from webapp.rules.fitting import Wanted
from webapp.services.booking import Booking
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import weekday_names
from webapp.web.forms import tidy
from webapp.web.fragments import render
from webapp.web.guards import actor, staff

LONGEST, MOST_SEATS = 1439, 100
TRIES = 5  # how many times that others take first a walk-in goes through


@dataclass
class Asked:
    """What the form was filled in with; a problem is a sentence about what cannot be meant."""

    visit: VisitType | None
    minutes: int
    specialists: list[UUID]
    first: date
    weekdays: list[int]
    part: str
    seats: int
    problem: str = ""

    @property
    def wanted(self) -> Wanted:
        return wanted_for(self.visit, seats=self.seats) if self.visit else Wanted(self.minutes)

    def query(self, **other: Any) -> dict[str, Any]:
        """The same question as parts of an address."""
        return {
            "type": self.visit.id if self.visit else "",
            "minutes": self.minutes,
            "specialist": self.specialists,
            "from": self.first,
            "day": self.weekdays,
            "part": self.part,
            "seats": self.seats,
        } | other


@blueprint.get("/next-free", endpoint="next_free")
@staff("OPERATOR")
def look() -> Any:
    asked = _asked(all_types())
    return _page(asked, 400 if asked.problem else 200)


@blueprint.post("/next-free")
@staff("OPERATOR")
def take_free() -> Any:
    """Hold one of the times that were found; of a group as many seats as were asked for, or none."""
    asked = _asked(all_types())
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    more = {"type_id": asked.visit.id} if asked.visit else {"minutes": asked.minutes}
    key = f"free:{request.form.get('key', '')}:{slot_id}"
    try:
        booking = take_seats(slot_id, key, asked.wanted.seats if asked.wanted.is_group else 1, **more)
    except Conflict as error:
        return _page(asked, error.status, refusal=sentence(error))
    remember_question(booking.id)
    return _to(booking)


@blueprint.post("/walk-in")
@staff("OPERATOR")
def walk_in() -> Any:
    """Hold the first time from now on, with anybody; one that others take first gives way to the next."""
    visit = visit_for_walk_in()
    if visit is None:
        flash(_("There is no type of visit yet. Add one in Admin."), "bad")
        return redirect(url_for("desk.index"), code=303)
    key = f"walk-in:{request.form.get('key') or uuid4().hex}"
    for time in free_now(wanted=wanted_for(visit), now=clock.now(), zone=g.clinic.timezone)[:TRIES]:
        try:
            return _to(take_once(time.slot_id, key, {"walk_in": actor()}, type_id=visit.id))
        except SlotTaken:
            continue
    flash(_("Nobody is free for this today: %(visit)s. These are the next times.", visit=visit.name), "bad")
    return redirect(url_for("desk.next_free", type=visit.id), code=303)


def _to(booking: Booking) -> Any:
    view = "desk.hold" if booking.status == "HOLD" else "desk.appointment"
    return redirect(url_for(view, appointment_id=booking.id), code=303)


def _asked(types: list[VisitType]) -> Asked:
    given = request.args
    type_id = given.get("type", type=UUID)
    visit = next((one for one in types if one.id == type_id), None)
    minutes, seats = _number("minutes", 30), _number("seats", 1)
    first = clock.parse_day(given.get("from", "")) if given.get("from") else clock.today()
    weekdays = [int(text) for text in given.getlist("day") if text in set("0123456")]
    part = given.get("part", "") if given.get("part") in PARTS else ""
    chosen = set(given.getlist("specialist", type=UUID))
    specialists = [one.id for one in list_specialists() if one.id in chosen] if chosen else []
    asked = Asked(visit, minutes, specialists, first or clock.today(), weekdays, part, seats)
    if first is None:
        asked.problem = _("Enter a day of the calendar.")
    elif not 1 <= minutes <= LONGEST:
        asked.problem = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=LONGEST)
    elif not 1 <= seats <= MOST_SEATS:
        asked.problem = _("Enter a whole number from %(least)s to %(most)s.", least=1, most=MOST_SEATS)
    elif given.get("type") and visit is None:
        asked.problem = _("Choose one of the visits of this clinic.")
    return asked


def _number(name: str, default: int) -> int:
    text = tidy(request.args.get(name)) or str(default)
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _page(asked: Asked, status: int = 200, refusal: str = "") -> Any:
    found, more = ([], False) if asked.problem else next_free(_search(asked), after=_after())
    today = clock.today()
    return render(
        "desk/next_free",
        status,
        asked=asked,
        refusal=refusal or asked.problem,
        days=[(day, list(times)) for day, times in groupby(found, key=lambda time: clock.day_of(time.start))],
        later=f"{found[-1].start.timestamp():.0f}~{found[-1].slot_id}" if more else "",
        continued="after" in request.args,
        types=all_types(),
        specialists=list_specialists(),
        weekdays=weekday_names(),
        parts={"": _("Any time"), "morning": _("Morning"), "afternoon": _("Afternoon"), "evening": _("Evening")},
        quick=[(words, day) for words, day in _quick(today) if day <= clock.LAST_DAY],
        day=today,
        key=uuid4().hex,
    )


def _search(asked: Asked) -> Search:
    return Search(
        wanted=asked.wanted,
        first=max(asked.first, clock.today()),
        not_before=clock.now(),
        zone=g.clinic.timezone,
        specialist_ids=asked.specialists or None,
        weekdays=asked.weekdays,
        part=asked.part,
    )


def _quick(today: date) -> list[tuple[str, date]]:
    monday = today - timedelta(days=today.weekday())
    return [
        (_("Today"), today),
        (_("Tomorrow"), today + timedelta(days=1)),
        (_("Next week"), monday + timedelta(weeks=1)),
        (_("In 2 weeks"), monday + timedelta(weeks=2)),
        (_("In 4 weeks"), monday + timedelta(weeks=4)),
    ]


def _after() -> tuple[datetime, UUID] | None:
    """The last time that was shown, as its second and slot."""
    second, _tilde, slot_id = request.args.get("after", "").partition("~")
    try:
        return datetime.fromtimestamp(int(second), UTC), UUID(slot_id)
    except (ValueError, OverflowError, OSError):
        return None
