"""Visits that are booked together, for whoever has the link of one of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, redirect, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import CancelForm
from webapp.blueprints.patient.own_changes import check_cancel, still_to_come
from webapp.blueprints.patient.visit import VISIT, refused
from webapp.core.errors import Conflict
from webapp.queries.appointments import AppointmentView, party
from webapp.rules.parties import field_of
from webapp.services.manage_links import make_link
from webapp.services.party_changes import cancel_party
from webapp.web import clock
from webapp.web.calendar_file import MEDIA_TYPE, calendar_of_all
from webapp.web.fragments import render
from webapp.web.guards import View, managed

FILE_NAME = "visits.ics"
Members = list[AppointmentView]


def together(view: View) -> View:
    """The view gets all ``members`` of the party that the visit belongs to too."""

    @wraps(view)
    def opened(*, appointment: AppointmentView, **values: Any) -> Any:
        if appointment.party_id is None:
            abort(404)
        return view(appointment=appointment, members=party(appointment.party_id), **values)

    return opened


@blueprint.post(f"{VISIT}/together/<uuid:other>")
@managed
@together
def open_other(appointment: AppointmentView, members: Members, token: str, other: UUID) -> Any:
    """To the page of another visit of the party, with a link of its own."""
    if other not in {one.id for one in members}:
        abort(404)
    return redirect(url_for("patient.visit", token=make_link(appointment_id=other)), code=303)


@blueprint.get(f"{VISIT}/{FILE_NAME}")
@managed
@together
def calendar_all(appointment: AppointmentView, members: Members, token: str) -> Any:
    response = Response(calendar_of_all(members, g.clinic, now=clock.now()), mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response


@blueprint.get(f"{VISIT}/cancel-all")
@managed
@together
def cancel_all_form(appointment: AppointmentView, members: Members, token: str) -> Any:
    """Where it is too late for one of them, the page of the visit says for which; each can be cancelled by itself."""
    try:
        check_all(still_to_come(members), check_cancel)
    except Conflict as error:
        return refused(token, error)
    if not still_to_come(members):
        return redirect(url_for("patient.visit", token=token), code=303)
    return _cancel_page(members, token, CancelForm(formdata=None, version=sum(one.version for one in members)))


@blueprint.post(f"{VISIT}/cancel-all")
@managed
@together
def cancel_all(appointment: AppointmentView, members: Members, token: str) -> Any:
    """All or none: too late for one of them is too late for all."""
    form = CancelForm()
    if not form.validate():
        return _cancel_page(members, token, form, 400)
    party_id = appointment.party_id or abort(404)
    try:
        cancel_party(party_id=party_id, actor="patient", versions=form.version.data, reason=form.reason.data)
    except Conflict as error:
        return refused(token, error)
    if still_to_come(members):
        flash(_("Your visits are cancelled. The clinic can see it."), "good")
    return redirect(url_for("patient.visit", token=token), code=303)


def check_all(coming: Members, check: Callable[[AppointmentView], None]) -> None:
    """Raise the first refusal of the check, with the visit as its field."""
    for number, one in enumerate(coming, start=1):
        try:
            check(one)
        except Conflict as error:
            error.field = field_of(number, "visit")
            raise


def _cancel_page(members: Members, token: str, form: CancelForm, status: int = 200) -> Any:
    return render("patient/cancel_all", status, coming=still_to_come(members), token=token, form=form)
