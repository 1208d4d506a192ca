"""The last look before the booking: every answer with a way back to it, and one button."""

from typing import Any

from flask import redirect, request, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.details import HOLD, details_page, elsewhere, found, strip
from webapp.blueprints.patient.forms import DetailsForm, details_form, said
from webapp.blueprints.patient.holding import type_of
from webapp.blueprints.patient.visit import to_visit
from webapp.core.errors import DomainError, HoldExpired
from webapp.queries.appointments import AppointmentView
from webapp.queries.patient_holds import Typed, find_typed
from webapp.services.appointments import name_hold
from webapp.web import clock, links
from webapp.web.fragments import render
from webapp.web.guards import patient
from webapp.web.restraint import check_proof, proof_asked


@blueprint.get(f"{HOLD}/check")
@patient("hold")
def check(appointment: AppointmentView) -> Any:
    typed = find_typed(appointment.id)
    form = _answers(appointment, typed)
    return elsewhere(appointment) or _unanswered(appointment, form) or _check_page(appointment, form, typed)


@blueprint.post(f"{HOLD}/check")
@patient("hold")
def book(appointment: AppointmentView) -> Any:
    shown, typed = request.form.get("shown", ""), find_typed(appointment.id)
    if appointment.status != "HOLD":
        return elsewhere(appointment, typed=shown)
    form = _answers(appointment, typed)
    if not form.validate():  # something more is asked than when this was last looked at
        return _incomplete(appointment, typed, form)
    if typed.digest != shown:
        form.form_errors.append(_("Your answers were changed in another window. Check them again, then book."))
        return _check_page(appointment, form, typed, 409)
    try:
        check_proof(appointment.id)
        asked = {"new_patient": form.patient(), "said": form.said()}
        name_hold(appointment_id=appointment.id, actor="patient", source="PATIENT", **asked)
    except HoldExpired:
        return elsewhere(found(appointment.id), typed=shown)
    except DomainError as error:
        return _refused(appointment, typed, error)
    session.pop("held", None)
    return to_visit(appointment.id)


def _answers(appointment: AppointmentView, typed: Typed) -> DetailsForm:
    return details_form(appointment.type_id, typed.answers or [("full_name", "")], meta={"csrf": False})


def _unanswered(appointment: AppointmentView, form: DetailsForm) -> Any:
    """Back to the details, unless they can be booked as they are."""
    if form.validate():
        return None
    return redirect(url_for("patient.details", token=links.seal("hold", appointment.id)), code=303)


def _incomplete(appointment: AppointmentView, typed: Typed, checked: DetailsForm) -> Any:
    form = details_form(appointment.type_id, typed.answers)
    for field in checked:
        form[field.short_name].errors = field.errors
    return details_page(appointment, form, 400)


def _refused(appointment: AppointmentView, typed: Typed, error: DomainError) -> Any:
    """A refusal is shown where it can be mended: beside its field, else above the answers."""
    form = details_form(appointment.type_id, typed.answers)
    form.refuse(error)
    if error.field in form:
        return details_page(appointment, form, error.status)
    return _check_page(appointment, form, typed, error.status)


def _check_page(appointment: AppointmentView, form: DetailsForm, typed: Typed, status: int = 200) -> Any:
    return render(
        "patient/check",
        status,
        form=form,
        said=said,
        shown=typed.digest,
        proof=proof_asked(appointment.id),
        type=type_of(appointment),
        day=clock.day_of(appointment.start),
        **strip(appointment) | {"page": "check"},
    )
