"""The clinics of this server, and the front page of each."""

from datetime import time
from typing import Any

from flask import g, redirect, request, url_for
from flask_babel import get_locale

from webapp.blueprints.patient import blueprint
from webapp.core.errors import Forbidden
from webapp.queries.availability import public_types
from webapp.queries.clinics import list_clinics
from webapp.queries.specialists import weekly_hours
from webapp.rules.open_hours import Hours, week_of
from webapp.web import clock
from webapp.web.filters import clock_text, weekday_names
from webapp.web.fragments import render
from webapp.web.guards import public

NAMED = ("type", "specialist")


@blueprint.get("/")
@public
def clinics() -> Any:
    return render("patient/clinics", clinics=list_clinics())


@blueprint.get("/c/<clinic>/")
@public
def front() -> Any:
    """What patients need to know of the clinic; with a type or a specialist in its address, the way to book them."""
    named = {name: request.args[name] for name in NAMED if name in request.args}
    if named and g.clinic.public_booking:
        return redirect(url_for("patient.types", **named))
    return _front_page()


@blueprint.errorhandler(Forbidden)
def closed(error: Forbidden) -> Any:
    """Booking is switched off: the page that says so, and how else to reach the clinic."""
    return _front_page(error.status)


def _front_page(status: int = 200) -> Any:
    week = week_of(weekly_hours(on=clock.today()))
    types = public_types() if g.clinic.public_booking else []
    return render("patient/front", status, types=types, hours=_told(week) if any(week) else [])


def _told(week: list[Hours]) -> list[tuple[str, list[str]]]:
    """The days in the reader's order, each with its stretches as clocks show them; none: closed."""
    return [
        (name, [f"{_time(opens)} – {_time(closes)}" for opens, closes in week[day]]) for day, name in weekday_names()
    ]


def _time(at: time) -> str:
    return clock_text(at.hour, at.minute, str(get_locale()))
