"""The days: as a time grid of specialists, of rooms or of a week, and as lists that say the same."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, redirect, request, url_for
from flask_babel import get_locale

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.grid import badges, lay_out, looks
from webapp.blueprints.desk.lanes import by_day, by_room, by_specialist, loads
from webapp.blueprints.desk.lines import agenda as write_agenda
from webapp.blueprints.desk.lines import write_lines
from webapp.blueprints.desk.shown import Shown, shown_now
from webapp.blueprints.desk.told import visit_keys
from webapp.queries.availability import all_types
from webapp.queries.day import DeskDay, desk_day, desk_days
from webapp.queries.rooms import list_rooms
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import staff
from webapp.web.live import live

_NOTHING = UUID(int=0)
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
    shown = shown_now()
    found = _day(day)
    grid = lay_out(by_specialist(shown.of(found)), now=clock.now(), shown=shown, marked=_marked())
    return render("desk/day", grid=grid, **_frame("day", day, shown, found), **_addresses())


@blueprint.get("/<day:day>/rooms")
@staff("OPERATOR")
@live(_one_day)
def rooms(day: date) -> Any:
    """Which visit is in which room."""
    shown = shown_now()
    found = _day(day)
    grid = lay_out(by_room(shown.of(found), list_rooms()), now=clock.now(), shown=shown, marked=_marked())
    return render("desk/rooms", grid=grid, **_frame("rooms", day, shown, found), **_addresses())


@blueprint.get("/<day:day>/week")
@staff("OPERATOR")
@live(_its_week)
def week(day: date) -> Any:
    """One specialist's week as a grid, or how full everybody's is."""
    shown = shown_now()
    first = _first_of_week(day)
    days = desk_days(first=first, count=A_WEEK, zone=g.clinic.timezone, now=clock.now())
    chosen = request.args.get("specialist", type=UUID)
    lanes = by_day(days, chosen) if chosen else []
    grid = lay_out(lanes or by_specialist(days[0]), now=clock.now(), shown=shown, marked=_marked())
    everybody = loads([shown.of(one) for one in days]) if not lanes else []
    frame = _frame("week", day, shown, days[0], step=A_WEEK)
    week = {"first": first, "last": days[-1].day, "chosen": chosen if lanes else None, "loads": everybody}
    return render("desk/week", grid=grid, **week, **frame, **_addresses())


@blueprint.get("/<day:day>/list")
@staff("OPERATOR")
@live(_one_day)
def day_list(day: date) -> Any:
    shown = shown_now()
    found = _day(day)
    lanes = by_specialist(shown.of(found))
    grid = lay_out(lanes, now=clock.now(), shown=shown)
    return render(
        "desk/day_list",
        grid=grid,
        lines=write_lines(lanes, shown),
        **_frame("list", day, shown, found),
        **_addresses(),
    )


@blueprint.get("/<day:day>/agenda")
@staff("OPERATOR")
@live(_a_week_on)
def agenda(day: date) -> Any:
    """Everybody's visits of a week, by time."""
    shown = shown_now()
    days = desk_days(first=day, count=A_WEEK, zone=g.clinic.timezone, now=clock.now())
    visits = [(one.day, write_agenda(by_specialist(shown.of(one)), shown)) for one in days]
    return render("desk/agenda", visits=visits, **_frame("agenda", day, shown, days[0], step=A_WEEK), **_addresses())


def _day(day: date) -> DeskDay:
    return desk_day(day=day, zone=g.clinic.timezone, now=clock.now())


def _marked() -> UUID | None:
    return request.args.get("at", type=UUID)


def _first_of_week(day: date) -> date:
    """As the reader's calendar has it: Monday in Berlin, Sunday in New York."""
    return day - timedelta(days=(day.weekday() - get_locale().first_week_day) % A_WEEK)


def _frame(view: str, day: date, shown: Shown, found: DeskDay, *, step: int = 1) -> dict[str, Any]:
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
        "types": all_types(),
        "status_words": looks(),
        "badges": badges(),
        "visit_keys": visit_keys(),
        "people": [(column.specialist_id, column.full_name) for column in found.columns],
    }


def _addresses() -> dict[str, str]:
    """Every address of the page's hundreds of cells begins with one of these: built once."""
    return {
        "appointment_url": url_for("desk.appointment", appointment_id=_NOTHING).removesuffix(str(_NOTHING)),
        "slot_url": url_for("desk.slot", slot_id=_NOTHING).removesuffix(str(_NOTHING)),
    }
