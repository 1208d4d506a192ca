"""The sick-day assistant: whom it touches, a time held for each of them, one confirmation."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, SelectField
from wtforms.validators import InputRequired, Length

from webapp.blueprints.desk import blueprint
from webapp.blueprints.desk.forms import specialist_choices
from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.timezones import day_bounds
from webapp.queries.sick_day import SickDayView, alternatives, call_lists, find_sick_day
from webapp.services import sick_day as steps
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import shown_name
from webapp.web.forms import HouseForm, TextField, in_calendar
from webapp.web.fragments import render
from webapp.web.guards import actor, staff
from webapp.web.reach import ways

LONGEST = 31  # days


class SickDayForm(HouseForm):
    specialist_id = SelectField(_("Who is away"), invalid_choice_message=_("Choose a specialist."))
    first = DateField(_("First day"), validators=[InputRequired(_("Enter the first day.")), in_calendar])
    last = DateField(_("Last day"), validators=[InputRequired(_("Enter the last day.")), in_calendar])
    reason = TextField(
        _("What the calendar says"),
        description=_("Seen at the desk only, for example Ill."),
        validators=[
            InputRequired(_("Say why the specialist is away.")),
            Length(max=200, message=_("This is longer than 200 characters. Shorten it.")),
        ],
        render_kw={"autocomplete": "off"},
    )

    def offer(self) -> None:
        self.specialist_id.choices = specialist_choices()

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not 0 <= (self.last.data - self.first.data).days < LONGEST:
            self.last.errors = [gettext("Choose a last day from the first day on, at most a month later.")]
            return False
        return True


@blueprint.get("/sick-day")
@staff("OPERATOR")
def sick_day_form() -> Any:
    day = clock.parse_day(request.args.get("day", "")) or clock.today()
    return _form(SickDayForm(formdata=None, data={"first": day, "last": day, "reason": gettext("Ill")}))


@blueprint.post("/sick-days")
@staff("OPERATOR")
def plan_sick_day() -> Any:
    form = SickDayForm()
    form.offer()
    if not form.validate():
        return _form(form, 400)
    start, end = (day_bounds(day, g.clinic.timezone) for day in (form.first.data, form.last.data))
    span = {"start": start[0], "end": end[1]}
    try:
        plan_id = steps.open_sick_day(specialist_id=UUID(form.specialist_id.data), reason=form.reason.data, **span)
    except DomainError as error:
        form.refuse(error)
        return _form(form, error.status)
    plan = _found(plan_id)  # one that was begun before has its proposals
    _propose_to_all(plan, only={move.appointment_id for move in plan.moves if not move.hold_id})
    return redirect(url_for("desk.sick_day", sick_day_id=plan_id), code=303)


@blueprint.get("/sick-days/<uuid:sick_day_id>")
@staff("OPERATOR")
def sick_day(sick_day_id: UUID) -> Any:
    return _page(_found(sick_day_id))


@blueprint.post("/sick-days/<uuid:sick_day_id>/propose")
@staff("OPERATOR")
def propose_instead(sick_day_id: UUID) -> Any:
    """Another time for one patient; without a slot, none: they will be called."""
    _found(sick_day_id)
    appointment_id = request.form.get("appointment_id", type=UUID) or abort(400)
    slot_id, whose = request.form.get("slot_id", type=UUID), {"sick_day_id": sick_day_id, "actor": actor()}
    try:
        if slot_id is None:
            steps.drop(appointment_id=appointment_id, **whose)
        elif steps.propose(appointment_id=appointment_id, slot_ids=[slot_id], **whose) is None:
            flash(gettext("This time has just been taken. Choose another one."), "bad")
    except Conflict as error:
        flash(sentence(error), "bad")
    return _back(sick_day_id)


@blueprint.post("/sick-days/<uuid:sick_day_id>/renew")
@staff("OPERATOR")
def renew_sick_day(sick_day_id: UUID) -> Any:
    """Hold longer what is held, and propose again to those whose time ran out."""
    before = _found(sick_day_id)
    lost = {move.appointment_id for move in before.moves if not move.hold_id}
    try:
        steps.renew(sick_day_id=sick_day_id, actor=actor())
        _propose_to_all(before, only=lost)
    except Conflict as error:
        flash(sentence(error), "bad")
    return _back(sick_day_id)


@blueprint.post("/sick-days/<uuid:sick_day_id>/confirm")
@staff("OPERATOR")
def close_sick_day(sick_day_id: UUID) -> Any:
    _found(sick_day_id)
    try:
        steps.close_sick_day(sick_day_id=sick_day_id, actor=actor())
    except Conflict as error:
        if "name" in error.params:
            error.params["name"] = shown_name(error.params["name"])
        return _page(_found(sick_day_id), error.status, refusal=sentence(error))
    return _back(sick_day_id)


@blueprint.post("/sick-days/<uuid:sick_day_id>/back-out")
@staff("OPERATOR")
def back_out(sick_day_id: UUID) -> Any:
    found = _found(sick_day_id)
    try:
        steps.back_out(sick_day_id=sick_day_id, actor=actor())
    except Conflict as error:
        flash(sentence(error), "bad")
        return _back(sick_day_id)
    flash(gettext("Nothing was changed; the held times are free again."), "good")
    return redirect(url_for("desk.day", day=clock.day_of(found.start)), code=303)


@blueprint.post("/sick-days/<uuid:sick_day_id>/told")
@staff("OPERATOR")
def told(sick_day_id: UUID) -> Any:
    _found(sick_day_id)
    appointment_id = request.form.get("appointment_id", type=UUID) or abort(400)
    steps.mark_told(sick_day_id=sick_day_id, appointment_id=appointment_id, actor=actor())
    return _back(sick_day_id)


def _propose_to_all(plan: SickDayView, only: set[UUID] | None = None) -> None:
    """The nearest time for each, by the order of their visits; two are not given the same, the door sees to it."""
    moves = [move for move in plan.moves if only is None or move.appointment_id in only]
    given: set[UUID] = set()
    for appointment_id, times in alternatives(plan, moves, not_before=clock.now()).items():
        slots = [time.slot_id for time in times if time.slot_id not in given]
        taken = steps.propose(sick_day_id=plan.id, appointment_id=appointment_id, slot_ids=slots, actor=actor())
        given |= {taken} if taken else set()


def _found(sick_day_id: UUID) -> SickDayView:
    found = find_sick_day(sick_day_id)
    if found is None:
        raise NotFound(gettext("There is no such plan."))
    return found


def _form(form: SickDayForm, status: int = 200) -> Any:
    form.offer()
    lists = [(one, clock.day_of(one.start)) for one in call_lists(ways())]
    return render("desk/sick_day_form", status, form=form, day=form.first.data or clock.today(), lists=lists)


def _page(found: SickDayView, status: int = 200, refusal: str = "") -> Any:
    change = request.args.get("change", type=UUID)
    asked = [move for move in found.moves if move.appointment_id == change and found.status == "OPEN"]
    to_call = found.to_call(ways())
    held = [move.hold_until for move in found.moves if move.hold_until]
    return render(
        "desk/sick_day",
        status,
        plan=found,
        moves=sorted(found.moves, key=lambda move: move not in to_call) if found.status == "CLOSED" else found.moves,
        to_call=[move.appointment_id for move in to_call],
        written=sum(move.status == "CONFIRMED" for move in found.moves) - len(to_call),
        refusal=refusal,
        change=change if asked else None,
        choices=alternatives(found, asked, not_before=clock.now()),
        held_until=min(held, default=None),
        day=clock.day_of(found.start),
        last=clock.day_of(found.end - timedelta(seconds=1)),
    )


def _back(sick_day_id: UUID) -> Any:
    return redirect(url_for("desk.sick_day", sick_day_id=sick_day_id), code=303)
