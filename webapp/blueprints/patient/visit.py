"""A visit that is booked, for whoever has its link: what it is, and what can still be done about it."""

from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, redirect, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import CancelForm
from webapp.blueprints.patient.own_changes import may_cancel, ways_on, which_and_why
from webapp.core.errors import N_, Conflict, StaleVersion
from webapp.queries.appointments import AppointmentView, find_appointment, party
from webapp.queries.manage_links import WaysBack, opened_by, ways_back
from webapp.rules.people import masked
from webapp.services.appointments import cancel as cancel_visit
from webapp.services.manage_links import make_link
from webapp.web import clock
from webapp.web.calendar_file import FILE_NAME, MEDIA_TYPE, calendar_file
from webapp.web.errors import one_way
from webapp.web.fragments import render
from webapp.web.framing import outside
from webapp.web.guards import managed
from webapp.web.qr_code import qr_code
from webapp.web.reach import can_be_told
from webapp.web.refusals import carried, carry

VISIT = "/c/<clinic>/visit/<token>"
#: Links of visits that were booked in one browser: a cookie has room for them, and a family rarely needs more.
REMEMBERED = 8
ENDED = ("CANCELLED", "NO_SHOW", "COMPLETED", "EXPIRED")


@blueprint.get(VISIT)
@managed
def visit(appointment: AppointmentView, token: str) -> Any:
    """The visit as it stands, and why what was sent changed nothing."""
    refusal, together = carried(), party(appointment.party_id) if appointment.party_id else []
    address = outside(url_for("patient.visit", token=token))
    back = ways_back(appointment.id)
    return render(
        "patient/visit",
        refusal.status if refusal else 200,
        appointment=appointment,
        token=token,
        heading=_heading(appointment, together),
        refusal=which_and_why(together, refusal) if refusal else "",
        address=address,
        picture=qr_code(address),
        together=together,
        back=back,
        written_to=_written_to(appointment, back),
        **ways_on(appointment),
    )


@blueprint.get(f"{VISIT}/{FILE_NAME}")
@managed
def calendar(appointment: AppointmentView, token: str) -> Any:
    """The visit for the patient's own calendar; loaded again after a change it changes the same event."""
    if appointment.status in ("HOLD", "EXPIRED"):
        abort(404)
    response = Response(calendar_file(appointment, g.clinic, now=clock.now()), mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=FILE_NAME)
    return response


@blueprint.get(f"{VISIT}/cancel")
@managed
def cancel_form(appointment: AppointmentView, token: str) -> Any:
    if not may_cancel(appointment):
        return redirect(url_for("patient.visit", token=token), code=303)
    return _cancel_page(appointment, token, CancelForm(version=appointment.version))


@blueprint.post(f"{VISIT}/cancel")
@managed
def cancel(appointment: AppointmentView, token: str) -> Any:
    form = CancelForm()
    if not form.validate():
        return _cancel_page(appointment, token, form, 400)
    asked = {"reason": form.reason.data, "version": form.version.data, "own": True}
    try:
        cancel_visit(appointment_id=appointment.id, actor="patient", **asked)
    except Conflict as error:
        return refused(token, error)
    if appointment.status == "CONFIRMED":
        flash(_("Your visit is cancelled. The clinic can see it."), "good")
    return redirect(url_for("patient.visit", token=token), code=303)


def refused(token: str, error: Conflict) -> Any:
    """To the visit as it stands now, and why nothing was changed."""
    if isinstance(error, StaleVersion):
        error = Conflict(N_("The clinic changed this visit a moment ago. Look at it again; nothing else was changed."))
    return redirect(url_for("patient.visit", token=token, **carry(error)), code=303)


def to_visit(appointment_id: UUID) -> Any:
    """To the page of a visit that has just been booked, with a link made for this browser."""
    if not own_token(appointment_id):
        session["visits"] = [*session.get("visits", []), make_link(appointment_id=appointment_id)][-REMEMBERED:]
    return to_own_visit(appointment_id)


def to_own_visit(appointment_id: UUID) -> Any:
    """To the page of a visit, for the browser that booked it and no other; a frame's browser cannot be told."""
    token = own_token(appointment_id)
    if not token:
        return render("patient/booked", appointment=find_appointment(appointment_id) or abort(404))
    return redirect(url_for("patient.visit", token=token), code=303)


def own_token(appointment_id: UUID) -> str:
    """The token of this browser's own link to a visit that it booked; empty for any other visit."""
    return opened_by(session.get("visits", [])).get(appointment_id, "")


def _written_to(appointment: AppointmentView, back: WaysBack) -> str:
    """Where the message with the link went, told to somebody who may only have found this page; empty: nowhere."""
    email, phone = appointment.patient_email, appointment.patient_phone
    if not back.channel or not can_be_told(email=email, phone=phone):
        return ""
    return one_way(masked((email if back.channel == "EMAIL" else phone) or ""))


def _heading(appointment: AppointmentView, together: list[AppointmentView]) -> str:
    if appointment.status == "CONFIRMED" and appointment.start <= clock.now():
        return _("The time of your visit has come")
    if appointment.status == "CONFIRMED" and sum(one.status == "CONFIRMED" for one in together) > 1:
        return _("Your visits are booked")
    return {
        "HOLD": _("This time is held for you"),
        "CONFIRMED": _("Your visit is booked"),
        "ARRIVED": _("You are at the clinic"),
        "COMPLETED": _("This visit is over"),
        "CANCELLED": _("This visit was cancelled"),
        "NO_SHOW": _("This visit was missed"),
        "EXPIRED": _("This time was not booked"),
    }[appointment.status]


def _cancel_page(appointment: AppointmentView, token: str, form: CancelForm, status: int = 200) -> Any:
    return render("patient/cancel", status, appointment=appointment, token=token, form=form)
