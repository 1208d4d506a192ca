"""The waiting list beside the day: who waits, what would suit them, what is offered to whom."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.forms import specialist_choices
from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.queries.appointments import find_appointment
from webapp.queries.availability import all_types
from webapp.queries.patients import find_patient, search_patients
from webapp.queries.specialists import list_specialists
from webapp.queries.waitlist import Waiting, find_waiting, matching_times, waiting_list
from webapp.rules.parts_of_day import PARTS
from webapp.services import waitlist as steps
from webapp.web import clock
from webapp.web.contact import writes_month_first
from webapp.web.errors import sentence
from webapp.web.filters import moment, weekday_names
from webapp.web.forms import CheckboxesField, HouseForm, TextField, in_calendar, tidy
from webapp.web.fragments import render
from webapp.web.guards import actor, staff
from webapp.web.reach import can_be_told

A_MONTH = timedelta(days=28)


class WaitForm(HouseForm):
    """What somebody waits for."""

    patient_id = HiddenField()
    type_id = SelectField(_("Visit"), invalid_choice_message=_("Choose a visit."))
    specialist_ids = CheckboxesField(_("With"), description=_("None chosen: anybody who offers it."))
    first_day = DateField(_("From"), validators=[InputRequired(_("Enter the first day.")), in_calendar])
    last_day = DateField(_("To"), validators=[InputRequired(_("Enter the last day.")), in_calendar])
    parts = CheckboxesField(_("Part of the day"))
    note = TextField(
        _("Note"), validators=[Length(max=500, message=_("This is longer than 500 characters. Shorten it."))]
    )

    def offer(self) -> None:
        words = {"morning": gettext("Morning"), "afternoon": gettext("Afternoon"), "evening": gettext("Evening")}
        self.type_id.choices = [SelectChoice(str(one.id), one.name) for one in all_types()]
        self.specialist_ids.choices = specialist_choices()
        self.parts.choices = [SelectChoice(part, words[part]) for part in PARTS]


@blueprint.get("/waitlist")
@staff("OPERATOR")
def waitlist() -> Any:
    """Who waits, and a search for somebody to put on the list."""
    return _list("")


@blueprint.post("/waitlist/search")
@staff("OPERATOR")
def find_for_waitlist() -> Any:
    """A search is sent by POST: what is typed about patients stays out of addresses and logs."""
    return _list(tidy(request.form.get("q"))[:200])


@blueprint.get("/waitlist/new")
@staff("OPERATOR")
def wait_form() -> Any:
    """For ``patient``, or for whoever has ``appointment`` and would come sooner."""
    found = find_appointment(request.args.get("appointment", type=UUID) or UUID(int=0))
    patient_id = found.patient_id if found else request.args.get("patient", type=UUID)
    last = clock.day_of(found.start) if found else clock.today() + A_MONTH
    wish = {"first_day": clock.today(), "last_day": max(last, clock.today()), "parts": list(PARTS)}
    wish |= {"patient_id": str(patient_id), "type_id": str(found.type_id) if found else None}
    return _form(WaitForm(formdata=None, data=wish))


@blueprint.post("/waitlist")
@staff("OPERATOR")
def wait() -> Any:
    form = WaitForm()
    form.offer()
    if not form.validate():
        return _form(form, 400)
    wish = {"first_day": form.first_day.data, "last_day": form.last_day.data, "note": form.note.data}
    who = [UUID(one) for one in form.specialist_ids.data]
    patient_id, type_id = _uuid(form.patient_id.data), UUID(form.type_id.data)
    try:
        entry = steps.add_entry(
            patient_id=patient_id, type_id=type_id, specialist_ids=who, parts=form.parts.data, **wish
        )
    except DomainError as error:
        form.refuse(error)
        return _form(form, error.status)
    flash(gettext("On the waiting list."), "good")
    return _to(entry)


@blueprint.get("/waitlist/<uuid:entry_id>")
@staff("OPERATOR")
def waitlist_entry(entry_id: UUID) -> Any:
    found = _found(entry_id)
    near = [] if found.offer_id else matching_times(found, zone=g.clinic.timezone, not_before=clock.now())
    who = [one.full_name for one in list_specialists() if one.id in found.specialist_ids]
    names = dict(weekday_names())
    days = [names[day] for day in found.weekdays] if len(found.weekdays) < len(names) else []
    return render(
        "desk/waitlist_entry", entry=found, times=near, who=who, weekdays=days, told=_is_told(found), day=_day()
    )


@blueprint.post("/waitlist/<uuid:entry_id>/offers")
@staff("OPERATOR")
def offer(entry_id: UUID) -> Any:
    """Hold a time for one who waits, until they said yes or no."""
    _found(entry_id)
    slot_id = request.form.get("slot_id", type=UUID) or abort(400)
    try:
        steps.make_offer(entry_id=entry_id, slot_id=slot_id, actor=actor())
    except DomainError as error:
        flash(sentence(error), "bad")
    return _to(entry_id)


@blueprint.post("/waitlist/<uuid:entry_id>/leave")
@staff("OPERATOR")
def leave(entry_id: UUID) -> Any:
    try:
        steps.cancel_entry(entry_id=entry_id, actor=actor())
        flash(gettext("Taken off the waiting list."), "good")
    except Conflict as error:
        flash(sentence(error), "bad")
    return redirect(url_for("desk.waitlist"), code=303)


@blueprint.post("/waitlist/offers/<uuid:offer_id>/accept")
@staff("OPERATOR")
def accept(offer_id: UUID) -> Any:
    try:
        appointment_id = steps.accept_offer(offer_id=offer_id, actor=actor())
    except Conflict as error:
        flash(sentence(error), "bad")
        return redirect(url_for("desk.waitlist"), code=303)
    flash(gettext("Booked."), "good")
    found = find_appointment(appointment_id)
    day = clock.day_of(found.start) if found else clock.today()
    return redirect(url_for("desk.day", day=day, at=appointment_id), code=303)


@blueprint.post("/waitlist/offers/<uuid:offer_id>/decline")
@staff("OPERATOR")
def decline(offer_id: UUID) -> Any:
    """Back on the list; the time goes to the next one who waits for such."""
    try:
        slot_id = steps.decline_offer(offer_id=offer_id, actor=actor())
    except Conflict as error:
        flash(sentence(error), "bad")
        return redirect(url_for("desk.waitlist"), code=303)
    following = steps.offer_next(slot_id=slot_id, actor=actor()) if slot_id else None
    if following is None:
        flash(gettext("Nobody else waits for this time; it is free."), "good")
        return redirect(url_for("desk.waitlist"), code=303)
    flash(gettext("Now offered to the next one, until %(time)s.", time=moment(following.expires_at)), "good")
    return _to(following.entry_id)


def _list(asked: str) -> Any:
    hits = search_patients(asked, month_first=writes_month_first()) if asked else None
    return render("desk/waitlist", entries=waiting_list(), is_told=_is_told, asked=asked, hits=hits, day=_day())


def _form(form: WaitForm, status: int = 200) -> Any:
    form.offer()
    patient = find_patient(_uuid(form.patient_id.data))
    if patient is None:
        raise NotFound(gettext("There is no such patient."))
    return render("desk/wait_form", status, form=form, patient=patient, day=_day())


def _found(entry_id: UUID) -> Waiting:
    found = find_waiting(entry_id)
    if found is None:
        raise NotFound(gettext("This patient is not on the waiting list."))
    return found


def _is_told(entry: Waiting) -> bool:
    """Does a message tell this patient of an offer? Else somebody has to call."""
    return can_be_told(email=entry.patient_email, phone=entry.patient_phone)


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        abort(400)


def _day() -> Any:
    return clock.parse_day(request.args.get("day", "")) or clock.today()


def _to(entry_id: UUID) -> Any:
    return redirect(url_for("desk.waitlist_entry", entry_id=entry_id), code=303)
