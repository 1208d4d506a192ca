"""A visit that is booked, for whoever has its link: what it is, and what can still be done about it."""

from typing import Any
from uuid import UUID

from flask import redirect, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.queries.appointments import AppointmentView
from webapp.queries.manage_links import managed_by
from webapp.services.manage_links import make_link
from webapp.web.fragments import render
from webapp.web.guards import managed


@blueprint.get("/c/<clinic>/visit/<token>")
@managed
def visit(appointment: AppointmentView, token: str) -> Any:
    headings = {"CANCELLED": _("This visit was cancelled"), "NO_SHOW": _("This visit was missed")}
    heading = headings.get(appointment.status, _("Your visit is booked"))
    return render("patient/visit", appointment=appointment, token=token, heading=heading)


def to_visit(appointment_id: UUID) -> Any:
    """To the page of a visit that has just been booked, with a link made for this browser."""
    if managed_by(session.get("visit", "")) != appointment_id:
        session["visit"] = make_link(appointment_id=appointment_id)
    return to_own_visit(appointment_id)


def to_own_visit(appointment_id: UUID) -> Any:
    """To the page of a visit, for the browser that booked it and no other."""
    token = session.get("visit", "")
    if managed_by(token) != appointment_id:
        return render("patient/no_visit", 404)
    return redirect(url_for("patient.visit", token=token), code=303)
