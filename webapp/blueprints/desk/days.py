"""The days: as a time grid of specialists, of rooms or of a week, and as lists that say the same."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, redirect, request, url_for
from flask_babel import get_locale

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.drawn import Laid, addresses, drawn, sum_up
from webapp.blueprints.desk.grid import badges, looks
from webapp.blueprints.desk.lanes import Lane, by_day, by_room, by_specialist
from webapp.blueprints.desk.lines import agenda as write_agenda
from webapp.blueprints.desk.lines import write_lines
from webapp.blueprints.desk.shown import Shown, shown_now
from webapp.blueprints.desk.taking import held_elsewhere
from webapp.blueprints.desk.told import visit_keys
from webapp.blueprints.desk.week import loads
from webapp.queries.cancelled import with_cancelled
from webapp.queries.day import DeskDay, desk_day, desk_days
from webapp.queries.rooms import list_rooms
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import staff
from webapp.web.live import live

A_WEEK = 7
ROUTES = {
    "day": "desk.day",
    "week": "desk.week",
    "rooms": "desk.rooms",
    "list": "desk.day_list",
    "agenda": "desk.agenda",
}


def _one_day(day: date) -> tuple[date, date]:
    return day, day


def _its_week(day: date) -> tuple[date, date]:
    return _a_week_on(_first_of_week(day))


def _a_week_on(day: date) -> tuple[date, date]:
    return day, day + timedelta(days=A_WEEK - 1)


@blueprint.get("/")
@staff("OPERATOR")
def index() -> Any:
    """The day that was asked for, in the view that was asked for; else today as this user likes it."""
    day = clock.parse_day(request.args.get("date", "")) or clock.today()
    view = request.args.get("view", g.person.settings.view)
    return redirect(url_for(ROUTES.get(view, "desk.day"), day=day, **shown_now().query()))


@blueprint.get("/<day:day>")
@staff("OPERATOR")
@live(_one_day)
def day(day: date) -> Any:
    return _grid("day", day, by_specialist)


@blueprint.get("/<day:day>/rooms")
@staff("OPERATOR")
@live(_one_day)
def rooms(day: date) -> Any:
    """Which visit is in which room."""
    return _grid("rooms", day, lambda found: by_room(found, list_rooms()))


@blueprint.get("/<day:day>/week")
@staff("OPERATOR")
@live(_its_week)
def week(day: date) -> Any:
    """One specialist's week as a grid, or everybody's: how full, and who comes; for what was cancelled its agenda."""
    shown, marked, asked = shown_now(), _marked(), request.args.get("specialist", type=UUID)
    first, last = _its_week(day)
    if shown.cancelled:
        return redirect(url_for("desk.agenda", day=first, **shown.query()))

    def lay() -> Laid:
        days = _days(first)
        return by_day(days, asked), days[0]

    frame = {"first": first, "last": last, **_frame("week", day, shown, step=A_WEEK)}
    kept = drawn("week", shown, lay, marked, asked) if asked else None
    if kept and asked in kept.sums.people:
        return render("desk/week", chosen=asked, loads=[], grid=kept.html, sums=kept.sums, **frame)
    days = _days(first)
    fill = loads([shown.of(one) for one in days], shown)
    return render("desk/week", chosen=None, loads=fill, grid="", sums=sum_up([], days[0]), **frame, **addresses())


@blueprint.get("/<day:day>/list")
@staff("OPERATOR")
@live(_one_day)
def day_list(day: date) -> Any:
    shown, found = shown_now(), _day(day)
    lanes = by_specialist(shown.of(_asked([found], shown)[0]))
    lines = list(zip(lanes, write_lines(lanes, shown), strict=True))
    return render("desk/day_list", lines=lines, sums=sum_up(lanes, found), **_frame("list", day, shown), **addresses())


@blueprint.get("/<day:day>/agenda")
@staff("OPERATOR")
@live(_a_week_on)
def agenda(day: date) -> Any:
    """Everybody's visits of a week, by time."""
    shown, days = shown_now(), _days(day)
    visits = [(one.day, write_agenda(by_specialist(shown.of(one)), shown)) for one in _asked(days, shown)]
    frame = _frame("agenda", day, shown, step=A_WEEK)
    return render("desk/agenda", visits=visits, sums=sum_up([], days[0]), **frame, **addresses())


def _grid(view: str, day: date, lanes_of: Callable[[DeskDay], list[Lane]]) -> Any:
    """One day as a grid; its list where what was cancelled is asked for, which stands in none."""
    shown, marked = shown_now(), _marked()
    if shown.cancelled:
        return redirect(url_for("desk.day_list", day=day, **shown.query()))

    def lay() -> Laid:
        found = _day(day)
        return lanes_of(shown.of(found)), found

    kept = drawn(view, shown, lay, marked)
    return render(f"desk/{view}", grid=kept.html, sums=kept.sums, **_frame(view, day, shown))


def _day(day: date) -> DeskDay:
    return desk_day(day=day, zone=g.clinic.timezone, now=clock.now())


def _days(first: date) -> list[DeskDay]:
    return desk_days(first=first, count=A_WEEK, zone=g.clinic.timezone, now=clock.now())


def _asked(days: list[DeskDay], shown: Shown) -> list[DeskDay]:
    return with_cancelled(days, zone=g.clinic.timezone) if shown.cancelled else days


def _marked() -> UUID | None:
    return request.args.get("at", type=UUID)


def _first_of_week(day: date) -> date:
    """As the reader's calendar has it: Monday in Berlin, Sunday in New York."""
    return day - timedelta(days=(day.weekday() - get_locale().first_week_day) % A_WEEK)


def _frame(view: str, day: date, shown: Shown, *, step: int = 1) -> dict[str, Any]:
    """What the toolbar of every view shows."""
    return {
        "view": view,
        "route": ROUTES[view],
        "routes": ROUTES,
        "day": day,
        "today": clock.today(),
        "now": clock.now(),
        "before": day - timedelta(days=step),
        "after": day + timedelta(days=step),
        "key": uuid4().hex,
        "shown": shown,
        "carried": shown.query(),
        "carried_to_grids": shown.query_of_grids(),
        "status_words": looks(),
        "badges": badges(),
        "visit_keys": visit_keys(),
        "held_elsewhere": held_elsewhere(g.live.first, g.live.last),
    }
