"""The held time: who comes, more time, giving it back, another time in its place."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import DetailsForm, details_form
from webapp.blueprints.patient.holding import BOOKED, Wish, take_time, type_of, wished
from webapp.blueprints.patient.times import taken_page, to_held, too_many_page
from webapp.blueprints.patient.visit import to_own_visit, to_visit
from webapp.core.errors import Conflict, HoldExpired, InvalidInput, TooManyAttempts
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.patient_holds import find_typed
from webapp.services.appointments import MAX_EXTENSIONS, release
from webapp.services.appointments import extend as extend_hold
from webapp.services.patient_holds import digest, drop_answers, keep_answers
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.guards import patient
from webapp.web.restraint import check_trap, proof_asked, proof_sent

HOLD = "/c/<clinic>/hold/<token>"


@blueprint.get(HOLD)
@patient("hold")
def details(appointment: AppointmentView) -> Any:
    return elsewhere(appointment) or details_page(
        appointment, details_form(appointment.type_id, find_typed(appointment.id).answers)
    )


@blueprint.post(HOLD)
@patient("hold")
def describe(appointment: AppointmentView) -> Any:
    """Keep what was typed, whatever has become of the time, then lead to the last look."""
    form = details_form(appointment.type_id)
    typed = digest(form.typed())
    _keep(appointment, form)
    if appointment.status != "HOLD":
        return elsewhere(appointment, typed=typed)
    if not form.validate():
        return details_page(appointment, form, 400)
    try:
        check_trap()
    except InvalidInput as error:
        form.refuse(error)
        return details_page(appointment, form, error.status, trapped=True)
    return redirect(url_for("patient.check", token=links.seal("hold", appointment.id), **proof_sent()), code=303)


@blueprint.post(f"{HOLD}/more-time")
@patient("hold")
def extend(appointment: AppointmentView) -> Any:
    _keep(appointment, details_form(appointment.type_id))
    try:
        extend_hold(appointment_id=appointment.id, actor="patient", hold_seconds=clock.hold_seconds())
    except HoldExpired:
        return elsewhere(found(appointment.id))
    except Conflict as error:
        flash(sentence(error), "bad")
    if wants_fragment():
        return render_template("patient/_held.html", **strip(found(appointment.id)))
    page = "patient.check" if request.form.get("page") == "check" else "patient.details"
    return redirect(url_for(page, token=links.seal("hold", appointment.id)), code=303)


@blueprint.post(f"{HOLD}/another")
@patient("hold")
def another(appointment: AppointmentView) -> Any:
    """To the days with what was typed kept; this time stays held until another one is chosen."""
    _keep(appointment, details_form(appointment.type_id))
    return _to_days(appointment, hold=links.seal("hold", appointment.id))


@blueprint.post(f"{HOLD}/give-back")
@patient("hold")
def give_back(appointment: AppointmentView) -> Any:
    try:
        release(appointment_id=appointment.id, actor="patient")
    except Conflict:
        return elsewhere(found(appointment.id))
    drop_answers(appointment_id=appointment.id)
    session.pop("held", None)
    flash(_("The time was given back."), "good")
    return _to_days(appointment)


@blueprint.post(f"{HOLD}/instead")
@patient("hold")
def instead(appointment: AppointmentView) -> Any:
    """Another time in place of one that ran out; what was typed comes along."""
    visit, wish = type_of(appointment), Wish(appointment.start)
    try:
        wish = wished(request.form, None) or abort(400)
        taken = take_time(wish=wish, visit=visit, page_key=request.form.get("key", ""), instead_of=appointment.id)
    except TooManyAttempts as error:
        return too_many_page(visit, error)
    except Conflict as error:
        return _gone(appointment, _("This time is gone"), sentence(error), wish)
    return to_held(taken)


def details_page(appointment: AppointmentView, form: DetailsForm, status: int = 200, *, trapped: bool = False) -> Any:
    proof = proof_asked(appointment.id)
    return render("patient/details", status, form=form, trapped=trapped, proof=proof, **strip(appointment))


def strip(appointment: AppointmentView) -> dict[str, Any]:
    """What the strip that counts the hold down needs."""
    token = links.seal("hold", appointment.id)
    return {
        "appointment": appointment,
        "token": token,
        "held_url": lambda page, **more: url_for(f"patient.{page}", token=token, **more),
        "now": clock.now(),
        "can_extend": appointment.extensions < MAX_EXTENSIONS,
        "page": request.form.get("page", ""),
    }


def elsewhere(appointment: AppointmentView, *, typed: str = "") -> Any:
    """Where somebody belongs whose time is not held any more; None while it is. ``typed`` tells their answers."""
    if appointment.status == "HOLD":
        return None
    if appointment.status in BOOKED:
        session.pop("held", None)
        if not typed:
            return to_own_visit(appointment.id)
        if typed == find_typed(appointment.id).digest:
            return to_visit(appointment.id)
        reason = _("This time was booked with other details, perhaps in another window. Yours were not booked.")
        return _gone(appointment, _("This time is gone"), reason)
    if appointment.status == "EXPIRED":
        reason = _("We kept the time for you as long as we could. It may still be free: choose it, or one near it.")
        return _gone(appointment, _("Your hold has ended"), reason)
    if typed:
        reason = _("You gave this time back or chose another one, perhaps in another window.")
        return _gone(appointment, _("You do not hold this time any more"), reason)
    return _to_days(appointment)


def found(appointment_id: UUID) -> AppointmentView:
    return find_appointment(appointment_id) or abort(404)


def _keep(appointment: AppointmentView, form: DetailsForm) -> None:
    """What was typed outlasts the time it was typed for; a form of another page has nothing typed in it."""
    if form.typed() and appointment.status not in BOOKED:
        keep_answers(appointment_id=appointment.id, answers=form.typed())


def _gone(appointment: AppointmentView, heading: str, reason: str, wish: Wish | None = None) -> Any:
    action = url_for("patient.instead", token=links.seal("hold", appointment.id))
    nearest = wish or Wish(appointment.start, appointment.specialist_id)
    kept = bool(find_typed(appointment.id).answers)
    return taken_page(type_of(appointment), nearest, heading=heading, reason=reason, action=action, kept=kept)


def _to_days(appointment: AppointmentView, **carried: str) -> Any:
    return redirect(url_for("patient.days", type_id=type_of(appointment).ref, **carried), code=303)
