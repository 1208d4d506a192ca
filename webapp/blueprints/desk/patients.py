"""Finding anybody, and what the desk knows about one patient."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.forms import PatientForm
from webapp.blueprints.desk.told import status_words, tell
from webapp.core.errors import Conflict, DomainError, NotFound, StaleVersion
from webapp.queries.desk_events import patient_history
from webapp.queries.patient_card import PatientCard, past_visits, patient_card, upcoming_visits
from webapp.queries.patients import search_patients
from webapp.queries.slots import open_slots
from webapp.services.booking import hold as take_hold
from webapp.services.patients import change_patient
from webapp.web import clock
from webapp.web.contact import writes_month_first
from webapp.web.errors import sentence
from webapp.web.filters import day_long
from webapp.web.forms import tidy, version_seen
from webapp.web.fragments import render
from webapp.web.guards import actor, staff

FREE_TIMES = 20  # how many are looked at for one that the patient can come to
FIELDS = ("full_name", "phone", "email", "date_of_birth", "notes")


@blueprint.get("/patients")
@staff("OPERATOR")
def patients() -> Any:
    return _finder("")


@blueprint.post("/patients")
@staff("OPERATOR")
def find() -> Any:
    """A search is sent by POST: what is typed about patients stays out of addresses and logs."""
    return _finder(tidy(request.form.get("q"))[:200])


@blueprint.get("/patients/<uuid:patient_id>")
@staff("OPERATOR")
def patient(patient_id: UUID) -> Any:
    card = _card(patient_id)
    return _page(card, PatientForm(formdata=None, obj=card))


@blueprint.post("/patients/<uuid:patient_id>")
@staff("OPERATOR")
def change(patient_id: UUID) -> Any:
    card, form, version = _card(patient_id), PatientForm(), version_seen()
    if not form.validate():
        return _page(card, form, 400)
    try:
        change_patient(patient_id=patient_id, version=version, actor=actor(), **form.written())
    except StaleVersion as error:
        return _both(_card(patient_id), form, error)
    except DomainError as error:
        form.refuse(error)
        return _page(card, form, error.status)
    flash(_("Saved."), "good")
    return redirect(url_for("desk.patient", patient_id=patient_id), code=303)


@blueprint.post("/patients/<uuid:patient_id>/book")
@staff("OPERATOR")
def book_first_free(patient_id: UUID) -> Any:
    """Hold the next free time at which this patient is not elsewhere."""
    _card(patient_id)
    for slot in open_slots(since=clock.now(), until=None, limit=FREE_TIMES):
        if slot.capacity > 1:
            continue
        try:
            held = take_hold(
                slot_id=slot.slot_id,
                patient_id=patient_id,
                actor=actor(),
                source="DESK",
                created_by=g.person.user_id,
                hold_seconds=clock.hold_seconds(),
            )
        except Conflict:
            continue
        return redirect(url_for("desk.hold", appointment_id=held.id), code=303)
    flash(_("No free time was found. Choose one on the calendar."), "bad")
    return redirect(url_for("desk.patient", patient_id=patient_id), code=303)


def _finder(asked: str) -> Any:
    hits = search_patients(asked, month_first=writes_month_first()) if asked else None
    return render("desk/patients", asked=asked, hits=hits, day=clock.today())


def _both(card: PatientCard, form: PatientForm, error: StaleVersion) -> Any:
    """The page with what was typed, and beside it what somebody else wrote down meanwhile."""
    typed = form.written()
    differing = [name for name in FIELDS if typed[name] != getattr(card, name)]
    form.version.data = str(card.version)
    return _page(
        card,
        form,
        409,
        refusal=sentence(error),
        both=[(form[name].label.text, _shown(getattr(card, name)), _shown(typed[name])) for name in differing],
    )


def _shown(value: Any) -> Any:
    return day_long(value) if isinstance(value, date) else value


def _page(card: PatientCard, form: PatientForm, status: int = 200, **more: Any) -> Any:
    over, now = past_visits(card.id), clock.now()
    return render(
        "desk/patient",
        status,
        patient=card,
        form=form,
        refusal=more.get("refusal", ""),
        both=more.get("both", []),
        upcoming=upcoming_visits(card.id),
        past=[visit for visit in over if visit.start <= now],
        called_off=[visit for visit in reversed(over) if visit.start > now],
        told=tell(patient_history(card.id)),
        status_words=status_words(),
        day=clock.today(),
    )


def _card(patient_id: UUID) -> PatientCard:
    card = patient_card(patient_id)
    if card is None:
        raise NotFound(_("This patient does not exist."))
    return card
