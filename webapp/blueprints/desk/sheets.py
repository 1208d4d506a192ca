"""The day on paper: for the printer, and for the hours in which the server is down."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import abort, g, request, send_file

from webapp.blueprints.desk import blueprint
from webapp.queries.day_sheet import day_sheets
from webapp.web import clock, outage
from webapp.web.filters import names_hidden
from webapp.web.fragments import render
from webapp.web.guards import staff


@blueprint.get("/<day:day>/print")
@staff("OPERATOR")
def sheet(day: date) -> Any:
    """A page for each specialist, or for the one that was asked for; initials while names are hidden."""
    every = day_sheets(day=day, zone=g.clinic.timezone, now=clock.now())
    chosen = request.args.get("specialist", type=UUID)
    if request.args.get("specialist") and chosen not in {one.specialist_id for one in every}:
        abort(404)
    return render(
        "desk/sheet",
        day=day,
        people=[(one.specialist_id, one.full_name) for one in every if one.specialist_id],
        chosen=chosen,
        sheets=[one for one in every if chosen in (None, one.specialist_id)],
        only_initials=request.args.get("initials") == "1" or names_hidden(),
        printed_at=clock.now(),
    )


@blueprint.get("/outage")
@staff("OPERATOR")
def outage_sheets() -> Any:
    """Where the files for a day without the server are, and whether they are fresh."""
    kept = outage.kept_files()
    return render(
        "desk/outage",
        folder=outage.folder(),
        kept=kept,
        stale=outage.is_stale(kept),
        minutes=outage.STALE_AFTER_MINUTES,
        today=clock.today(),
    )


@blueprint.get("/outage/<day:day>")
@staff("OPERATOR")
def outage_file(day: date) -> Any:
    """The kept file of a day, to be saved where it can be opened without the server."""
    kept = next((one for one in outage.kept_files() if one.day == day), None) or abort(404)
    page = BytesIO(kept.path.read_bytes())
    return send_file(page, "text/html", as_attachment=True, download_name=kept.path.name, max_age=0)
