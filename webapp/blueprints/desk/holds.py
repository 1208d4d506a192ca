"""A time is held the moment it is chosen; then the caller gets a name."""

from typing import Any
from uuid import UUID, uuid4

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.appointments import found_or_404, types_for
from webapp.blueprints.desk.fitting import TooLong, too_long
from webapp.blueprints.desk.forms import NewPatientForm, VisitForm
from webapp.blueprints.desk.lost import lost_page, standing_of
from webapp.blueprints.desk.taking import found_times, others_held, remember_hold, remember_visit, take_once
from webapp.blueprints.desk.taking import give_back as give_seat_back
from webapp.core.errors import Conflict, DomainError
from webapp.queries.appointments import AppointmentView
from webapp.queries.patients import PatientHit, find_patient, look_alikes, search_patients
from webapp.rules.people import likely_name
from webapp.services.appointments import extend as extend_hold
from webapp.services.appointments import name_hold, release
from webapp.services.appointments import take_over as take_hold_over
from webapp.services.fitting import fit_hold
from webapp.services.standing import MAX_EXTENSIONS
from webapp.web import clock
from webapp.web.contact import writes_month_first
from webapp.web.errors import sentence
from webapp.web.forms import tidy
from webapp.web.fragments import render, wants_fragment
from webapp.web.guards import actor, staff


@blueprint.post("/holds")
@staff("OPERATOR")
def take() -> Any:
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    try:
        booking = take_once(slot_id, f"desk:{request.form.get('key', '')}:{slot_id}")
    except Conflict as error:
        return lost_page(slot_id, error)
    if booking.status != "HOLD":
        return redirect(url_for("desk.appointment", appointment_id=booking.id), code=303)
    return redirect(url_for("desk.hold", appointment_id=booking.id), code=303)


@blueprint.get("/holds/<uuid:appointment_id>")
@staff("OPERATOR")
def hold(appointment_id: UUID) -> Any:
    found = found_or_404(appointment_id)
    if not found.is_held_by(g.person.user_id):
        return _to_appointment(found.id)
    return _hold_page(found, NewPatientForm(formdata=None))


@blueprint.get("/holds/<uuid:appointment_id>/standing")
@staff("OPERATOR")
def standing(appointment_id: UUID) -> Any:
    """What a panel asks while it is open: is the time still held here? Else what became of it."""
    found = found_or_404(appointment_id)
    if not wants_fragment():
        return redirect(url_for("desk.hold", appointment_id=appointment_id))
    return render("desk/standing", appointment=found, **_standing(found))


@blueprint.post("/holds/<uuid:appointment_id>/take-over")
@staff("OPERATOR")
def take_over(appointment_id: UUID) -> Any:
    """Make another desk's hold one's own; there it is said who took it."""
    found_or_404(appointment_id)
    try:
        take_hold_over(appointment_id=appointment_id, holder=g.person.user_id, actor=actor())
    except Conflict as error:
        flash(sentence(error), "bad")
        return _to_appointment(appointment_id)
    return redirect(url_for("desk.hold", appointment_id=appointment_id), code=303)


@blueprint.post("/holds/<uuid:appointment_id>/visit")
@staff("OPERATOR")
def fit(appointment_id: UUID) -> Any:
    """Hold it from now on as long as the chosen visit needs; what was typed stays."""
    found, visit, form = found_or_404(appointment_id), VisitForm(), NewPatientForm()
    visit.offer(types_for(found))
    if not visit.validate():
        return _hold_page(found, form, 400, visit=visit)
    if visit.type_id.data:
        chosen = UUID(visit.type_id.data)
        try:
            fit_hold(appointment_id=found.id, type_id=chosen, holder=g.person.user_id, actor=actor())
        except DomainError as error:
            return _refused(found.id, visit, form, error)
    return _hold_page(found_or_404(found.id), form)


@blueprint.post("/holds/<uuid:appointment_id>/again")
@staff("OPERATOR")
def again(appointment_id: UUID) -> Any:
    """Hold the time anew when the hold is gone, or another one instead; what was typed for it comes along."""
    found, form = found_or_404(appointment_id), NewPatientForm()
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    length = {"minutes": found.minutes} if slot_id == found.slot_id else {}
    type_id = request.form.get("type_id", type=UUID) or found.type_id
    visit = {"type_id": type_id} if type_id else length
    try:
        booking = take_once(slot_id, f"desk:{request.form.get('key', '')}:{slot_id}", **visit)
    except Conflict as error:
        flash(sentence(error), "bad")
        return _hold_page(found, form, error.status)
    if found.is_held_by(g.person.user_id) and booking.id != found.id:
        give_seat_back(found.id)
    return _hold_page(found_or_404(booking.id), form)


@blueprint.post("/holds/<uuid:appointment_id>/search")
@staff("OPERATOR")
def look(appointment_id: UUID) -> Any:
    """The same page with whom the typed words find: what is typed about patients stays out of addresses and logs."""
    return _hold_page(found_or_404(appointment_id), NewPatientForm(formdata=None))


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
    if found.is_held_by(g.person.user_id) and form.validate():
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
            extend_hold(appointment_id=one, actor=actor(), hold_seconds=clock.hold_seconds(), holder=g.person.user_id)
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
        release(appointment_id=appointment_id, actor=actor(), holder=g.person.user_id)
    except Conflict as error:
        flash(sentence(error), "bad")
        return _to_appointment(appointment_id)
    if "all" in request.form:
        for one in others:
            give_seat_back(one)
    flash(_("The time is free again."), "good")
    back = found_times(found.id) or url_for("desk.day", day=clock.day_of(found.start))
    return _to_next(found) or redirect(back, code=303)


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
            holder=g.person.user_id,
            confirm="series" not in request.form,
        )
    except DomainError as error:
        return _refused(found.id, visit, form, error)
    remember_visit(visit.type_id.data)
    if "series" in request.form:
        return redirect(url_for("desk.series", appointment_id=found.id), code=303)
    flash(_("Booked."), "good")
    return _to_next(found) or redirect(url_for("desk.day", day=clock.day_of(found.start), at=found.id), code=303)


def _refused(appointment_id: UUID, visit: VisitForm, form: NewPatientForm, error: DomainError) -> Any:
    """The page as the time stands now: with the refusal, or with what became of a time that is held no more."""
    found = found_or_404(appointment_id)
    long = None
    if found.is_held_by(g.person.user_id):
        long = too_long(found, UUID(visit.type_id.data) if visit.type_id.data else None, error)
        if long is None:
            visit.refuse(error)
    return _hold_page(found, form, error.status, visit=visit, long=long)


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
    long: TooLong | None = None,
) -> Any:
    """``known``: whom the clinic knows already and the new patient might be; ``long``: the visit does not fit."""
    types = types_for(found)
    form.offer(types)
    form.type_id.data = request.form.get("type_id", str(found.type_id or ""))
    asked = tidy(request.form.get("q"))[:200]
    if found.is_held_by(g.person.user_id):
        remember_hold(found.id)
    hits = _hits(asked, found.patient_id)
    new_name = likely_name(asked, found=any(not hit.is_similar for hit in hits or []))
    form.full_name.data = form.full_name.data or new_name
    return render(
        "desk/hold",
        status,
        appointment=found,
        form=form,
        refused=visit if visit is not form else None,
        types=types,
        asked=asked,
        hits=hits,
        new_name=new_name,
        known=known or [],
        too_long=long,
        day=clock.day_of(found.start),
        others=len(others_held(found)),
        found_times=found_times(found.id),
        **_standing(found),
    )


def _standing(found: AppointmentView) -> dict[str, Any]:
    can_extend = found.extensions < MAX_EXTENSIONS
    return {"standing": standing_of(found), "now": clock.now(), "can_extend": can_extend, "key": uuid4().hex}


def _hits(asked: str, chosen: UUID | None) -> list[PatientHit] | None:
    """Whom the words find; before any are typed, the patient for whom the time was taken."""
    if asked:
        return search_patients(asked, month_first=writes_month_first())
    patient = find_patient(chosen) if chosen else None
    return [patient] if patient else None


def _to_appointment(appointment_id: UUID) -> Any:
    return redirect(url_for("desk.appointment", appointment_id=appointment_id), code=303)
