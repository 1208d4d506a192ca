"""The day: as a time grid, and as a list that says the same."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import g, redirect, request, url_for

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.grid import lay_out
from webapp.blueprints.desk.lines import write_lines
from webapp.queries.day import desk_day
from webapp.web import clock
from webapp.web.fragments import render
from webapp.web.guards import staff

_NOTHING = UUID(int=0)


@blueprint.get("/")
@staff("OPERATOR")
def index() -> Any:
    day = clock.parse_day(request.args.get("date", "")) or clock.today()
    view = "desk.day_list" if request.args.get("view") == "list" else "desk.day"
    return redirect(url_for(view, day=day))


@blueprint.get("/<day:day>")
@staff("OPERATOR")
def day(day: date) -> Any:
    now = clock.now()
    found = desk_day(day=day, zone=g.clinic.timezone, now=now)
    grid = lay_out(found, now=now, marked=request.args.get("at", type=UUID))
    return render("desk/day", grid=grid, **_frame(day), **_addresses())


@blueprint.get("/<day:day>/list")
@staff("OPERATOR")
def day_list(day: date) -> Any:
    now = clock.now()
    found = desk_day(day=day, zone=g.clinic.timezone, now=now)
    shown = {"grid": lay_out(found, now=now), "lines": write_lines(found)}
    return render("desk/day_list", **shown, **_frame(day), **_addresses())


def _frame(day: date) -> dict[str, Any]:
    today = clock.today()
    return {
        "day": day,
        "today": today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "key": uuid4().hex,
    }


def _addresses() -> dict[str, str]:
    """Every address of the page's hundreds of cells begins with one of these: built once."""
    return {
        "appointment_url": url_for("desk.appointment", appointment_id=_NOTHING).removesuffix(str(_NOTHING)),
        "slot_url": url_for("desk.slot", slot_id=_NOTHING).removesuffix(str(_NOTHING)),
    }
