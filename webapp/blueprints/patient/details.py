"""The held time: who comes, more time, and giving it back."""

from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import DetailsForm
from webapp.blueprints.patient.holding import BOOKED, alternatives, bookable_type, take_time
from webapp.blueprints.patient.visit import to_own_visit, to_visit
from webapp.core.errors import Conflict, DomainError, HoldExpired
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.services.appointments import MAX_EXTENSIONS, name_hold, release
from webapp.services.appointments import extend as extend_hold
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.guards import patient

_HOLD = "/c/<clinic>/hold/<token>"


@blueprint.get(_HOLD)
@patient("hold")
def details(appointment: AppointmentView) -> Any:
    return _elsewhere(appointment) or _details_page(appointment, DetailsForm())


@blueprint.post(_HOLD)
@patient("hold")
def book(appointment: AppointmentView) -> Any:
    form = DetailsForm()
    if appointment.status != "HOLD":
        return _elsewhere(appointment, form)
    if not form.validate():
        return _details_page(appointment, form, 400)
    try:
        name_hold(appointment_id=appointment.id, new_patient=form.patient(), actor="patient", source="PATIENT")
    except HoldExpired:
        return _elsewhere(_again(appointment), form) or _ended(appointment, form)
    except DomainError as error:
        form.refuse(error)
        return _details_page(appointment, form, error.status)
    session.pop("held", None)
    return to_visit(appointment.id)


@blueprint.post(f"{_HOLD}/more-time")
@patient("hold")
def extend(appointment: AppointmentView) -> Any:
    form = DetailsForm()
    try:
        extend_hold(appointment_id=appointment.id, actor="patient", hold_seconds=clock.hold_seconds())
    except HoldExpired:
        return _elsewhere(_again(appointment), form)
    except Conflict as error:
        flash(sentence(error), "bad")
    if wants_fragment():
        return render_template("patient/_held.html", **_strip(_again(appointment)))
    return _details_page(_again(appointment), form)


@blueprint.post(f"{_HOLD}/give-back")
@patient("hold")
def give_back(appointment: AppointmentView) -> Any:
    try:
        release(appointment_id=appointment.id, actor="patient")
    except Conflict:
        return _elsewhere(_again(appointment))
    session.pop("held", None)
    return _to_days(appointment)


@blueprint.post(f"{_HOLD}/instead")
@patient("hold")
def instead(appointment: AppointmentView) -> Any:
    """Another time in place of one that ran out; what was typed comes along."""
    form = DetailsForm()
    slot_id = request.form.get("slot_id", type=UUID)
    if slot_id is None:
        abort(400)
    visit = bookable_type(appointment.type_id)
    try:
        booking = take_time(slot_id=slot_id, visit=visit, page_key=request.form.get("key", ""))
    except Conflict as error:
        return _gone(appointment, form, _("This time is gone"), sentence(error))
    return _elsewhere(_found(booking.id), form) or _details_page(_found(booking.id), form)


def _details_page(appointment: AppointmentView, form: DetailsForm, status: int = 200) -> Any:
    return render("patient/details", status, form=form, **_strip(appointment))


def _strip(appointment: AppointmentView) -> dict[str, Any]:
    """What the strip that counts the hold down needs."""
    return {
        "appointment": appointment,
        "token": links.seal("hold", appointment.id),
        "now": clock.now(),
        "can_extend": appointment.extensions < MAX_EXTENSIONS,
    }


def _elsewhere(appointment: AppointmentView, form: DetailsForm | None = None) -> Any:
    """Where somebody belongs whose time is not held any more; None while it is."""
    if appointment.status == "HOLD":
        return None
    if appointment.status in BOOKED:
        if form is None:
            return to_own_visit(appointment.id)
        if form.full_name.data == appointment.patient_name:
            return to_visit(appointment.id)
        reason = _("This time was booked with other details, perhaps in another window. Yours were not booked.")
        return _gone(appointment, form, _("This time is gone"), reason)
    if appointment.status == "EXPIRED":
        return _ended(appointment, form)
    return _to_days(appointment)


def _ended(appointment: AppointmentView, form: DetailsForm | None) -> Any:
    reason = _("We kept the time for you as long as we could. It may still be free: choose it, or one near it.")
    return _gone(appointment, form, _("Your hold has ended"), reason)


def _gone(appointment: AppointmentView, form: DetailsForm | None, heading: str, reason: str) -> Any:
    visit = bookable_type(appointment.type_id)
    return render(
        "patient/taken",
        409,
        type=visit,
        heading=heading,
        reason=reason,
        alternatives=alternatives(visit, appointment.start),
        answers=[pair for pair in form.answers() if pair[1]] if form else [],
        action=url_for("patient.instead", token=links.seal("hold", appointment.id)),
        key=uuid4().hex,
    )


def _again(appointment: AppointmentView) -> AppointmentView:
    return _found(appointment.id)


def _found(appointment_id: UUID) -> AppointmentView:
    return find_appointment(appointment_id) or abort(404)


def _to_days(appointment: AppointmentView) -> Any:
    flash(_("The time was given back."), "good")
    return redirect(url_for("patient.days", type_id=appointment.type_id), code=303)
