"""A time is held the moment it is chosen; then the caller gets a name."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.appointments import found_or_404, types_for
from webapp.blueprints.desk.forms import NewPatientForm, VisitForm
from webapp.blueprints.desk.taking import give_back as give_seat_back
from webapp.blueprints.desk.taking import others_held, remember_visit, take_once
from webapp.core.errors import Conflict, DomainError
from webapp.queries.appointments import AppointmentView
from webapp.queries.patients import PatientHit, find_patient, look_alikes, search_patients
from webapp.queries.slots import slot_summary
from webapp.services.appointments import MAX_EXTENSIONS, name_hold, release
from webapp.services.appointments import extend as extend_hold
from webapp.web import clock
from webapp.web.contact import writes_month_first
from webapp.web.errors import sentence
from webapp.web.forms import tidy
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@blueprint.post("/holds")
@staff("OPERATOR")
def take() -> Any:
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    try:
        booking = take_once(slot_id, f"desk:{request.form.get('key', '')}:{slot_id}")
    except Conflict as error:
        slot = slot_summary(slot_id)
        flash(sentence(error), "bad")
        return redirect(url_for("desk.day", day=clock.day_of(slot.start) if slot else clock.today()), code=303)
    if booking.status != "HOLD":
        return redirect(url_for("desk.appointment", appointment_id=booking.id), code=303)
    return redirect(url_for("desk.hold", appointment_id=booking.id), code=303)


@blueprint.get("/holds/<uuid:appointment_id>")
@staff("OPERATOR")
def hold(appointment_id: UUID) -> Any:
    found = found_or_404(appointment_id)
    return _hold_page(found, NewPatientForm(formdata=None)) if found.status == "HOLD" else _to_appointment(found.id)


@blueprint.post("/holds/<uuid:appointment_id>/search")
@staff("OPERATOR")
def look(appointment_id: UUID) -> Any:
    """The same page with whom the typed words find: what is typed about patients stays out of addresses and logs."""
    found = found_or_404(appointment_id)
    return _hold_page(found, NewPatientForm(formdata=None)) if found.status == "HOLD" else _to_appointment(found.id)


@blueprint.post("/holds/<uuid:appointment_id>/patient")
@staff("OPERATOR")
def choose(appointment_id: UUID) -> Any:
    """Put a patient the clinic knows on the held time and confirm it."""
    patient_id = request.form.get("patient_id", type=UUID) or abort(400)
    return _confirm(found_or_404(appointment_id), VisitForm(), NewPatientForm(formdata=None), patient_id=patient_id)


@blueprint.post("/holds/<uuid:appointment_id>/new-patient")
@staff("OPERATOR")
def add(appointment_id: UUID) -> Any:
    """Write down somebody new, put them on the held time and confirm it."""
    form, found = NewPatientForm(), found_or_404(appointment_id)
    form.offer(types_for(found))
    if found.status == "HOLD" and form.validate():
        known = look_alikes(**form.look())
        if not {str(one.id) for one in known} <= set(request.form.get("anyway", "").split()):
            return _hold_page(found, form, 409, known=known)
    return _confirm(found, form, form)


@blueprint.post("/holds/<uuid:appointment_id>/more-time")
@staff("OPERATOR")
def extend(appointment_id: UUID) -> Any:
    """Hold it longer, and with it the seats beside it that wait for a name."""
    found = found_or_404(appointment_id)
    try:
        for one in (found.id, *others_held(found)):
            extend_hold(appointment_id=one, actor=actor(), hold_seconds=clock.hold_seconds())
    except Conflict as error:
        flash(sentence(error), "bad")
    return redirect(url_for("desk.hold", appointment_id=appointment_id), code=303)


@blueprint.post("/holds/<uuid:appointment_id>/give-back")
@staff("OPERATOR")
def give_back(appointment_id: UUID) -> Any:
    """Give it back, and ``all`` seats beside it that wait for a name; else go on with the next of these."""
    found = found_or_404(appointment_id)
    others = others_held(found)
    try:
        release(appointment_id=appointment_id, actor=actor())
    except Conflict as error:
        flash(sentence(error), "bad")
        return _to_appointment(appointment_id)
    if "all" in request.form:
        for one in others:
            give_seat_back(one)
    flash(_("The time is free again."), "good")
    return _to_next(found) or redirect(url_for("desk.day", day=clock.day_of(found.start)), code=303)


def _confirm(found: AppointmentView, visit: VisitForm, form: NewPatientForm, patient_id: UUID | None = None) -> Any:
    types = types_for(found)
    visit.offer(types)
    if not visit.validate():
        return _hold_page(found, form, 400, visit=visit)
    try:
        name_hold(
            appointment_id=found.id,
            patient_id=patient_id,
            new_patient=None if patient_id else form.patient(),
            type_id=UUID(visit.type_id.data) if visit.type_id.data else None,
            actor=actor(),
            source="DESK",
            confirm="series" not in request.form,
        )
    except DomainError as error:
        visit.refuse(error)
        return _hold_page(found_or_404(found.id), form, error.status, visit=visit)
    remember_visit(visit.type_id.data)
    if "series" in request.form:
        return redirect(url_for("desk.series", appointment_id=found.id), code=303)
    flash(_("Booked."), "good")
    return _to_next(found) or redirect(url_for("desk.day", day=clock.day_of(found.start), at=found.id), code=303)


def _to_next(found: AppointmentView) -> Any:
    """Several seats were held together: on to the next that waits for a name."""
    others = others_held(found)
    return redirect(url_for("desk.hold", appointment_id=others[0]), code=303) if others else None


def _hold_page(
    found: AppointmentView,
    form: NewPatientForm,
    status: int = 200,
    visit: VisitForm | None = None,
    known: list[PatientHit] | None = None,
) -> Any:
    """``known``: whom the clinic knows already and the new patient might be."""
    types = types_for(found)
    form.offer(types)
    asked = tidy(request.form.get("q"))[:200]
    return render(
        "desk/hold",
        status,
        appointment=found,
        form=form,
        refused=visit if visit is not form else None,
        types=types,
        asked=asked,
        hits=_hits(asked, found.patient_id),
        known=known or [],
        day=clock.day_of(found.start),
        now=clock.now(),
        others=len(others_held(found)),
        can_extend=found.extensions < MAX_EXTENSIONS,
    )


def _hits(asked: str, chosen: UUID | None) -> list[PatientHit] | None:
    """Whom the words find; before any are typed, the patient for whom the time was taken."""
    if asked:
        return search_patients(asked, month_first=writes_month_first())
    patient = find_patient(chosen) if chosen else None
    return [patient] if patient else None


def _to_appointment(appointment_id: UUID) -> Any:
    return redirect(url_for("desk.appointment", appointment_id=appointment_id), code=303)
