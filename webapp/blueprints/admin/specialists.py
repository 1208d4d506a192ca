"""One specialist: weekly hours, what they offer, a slot beyond the hours."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.forms import OfferForm, SlotForm
from webapp.blueprints.admin.hours import MOST_ROWS, Row, empty_rows, intervals_of, read_rows, rows_of
from webapp.core.errors import DomainError, NotFound
from webapp.queries.availability import all_types
from webapp.queries.specialists import SpecialistView, list_specialists, offered_types, opening_hours
from webapp.services.hours import set_opening_hours
from webapp.services.slots import add_slot
from webapp.services.specialists import offer_types
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import weekday_names
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@blueprint.get("/specialists/<uuid:specialist_id>")
@staff("ADMIN")
def specialist(specialist_id: UUID) -> Any:
    return _page(_found(specialist_id))


@blueprint.post("/specialists/<uuid:specialist_id>/hours")
@staff("ADMIN")
def set_hours(specialist_id: UUID) -> Any:
    found = _found(specialist_id)
    rows = read_rows(request.form)
    if "more" in request.form:
        return _page(found, rows=(rows + empty_rows())[:MOST_ROWS])
    intervals = intervals_of(rows)
    if intervals is None:
        return _page(found, 400, rows=rows)
    try:
        result = set_opening_hours(specialist_id=found.id, intervals=intervals, actor=actor())
    except DomainError as error:
        return _page(found, error.status, rows=rows, refusal=sentence(error))
    said = _("Hours saved: %(made)s slots added, %(removed)s removed.", made=result.made, removed=result.removed)
    if result.conflicts:
        return _page(found, said=said, conflicts=result.conflicts)
    flash(said, "good")
    return _back_to(found.id)


@blueprint.post("/specialists/<uuid:specialist_id>/types")
@staff("ADMIN")
def set_types(specialist_id: UUID) -> Any:
    found = _found(specialist_id)
    form = _offer_form()
    if not form.validate():
        return _page(found, 400, offer_form=form)
    offer_types(specialist_id=found.id, type_ids=[UUID(chosen) for chosen in form.type_ids.data])
    flash(_("The types of visit were saved."), "good")
    return _back_to(found.id)


@blueprint.post("/specialists/<uuid:specialist_id>/slots")
@staff("ADMIN")
def new_slot(specialist_id: UUID) -> Any:
    found = _found(specialist_id)
    form = SlotForm(prefix="slot-")
    span = form.span() if form.validate() else None
    if span is None:
        return _page(found, 400, slot_form=form)
    try:
        add_slot(specialist_id=found.id, start=span[0], end=span[1], capacity=form.capacity.data)
    except DomainError as error:
        form.refuse(error)
        return _page(found, error.status, slot_form=form)
    flash(_("The slot was added."), "good")
    return _back_to(found.id)


def _found(specialist_id: UUID) -> SpecialistView:
    found = next((one for one in list_specialists(active_only=False) if one.id == specialist_id), None)
    if found is None:
        raise NotFound(_("This specialist does not exist."))
    return found


def _page(found: SpecialistView, status: int = 200, rows: list[Row] | None = None, **more: Any) -> Any:
    context: dict[str, Any] = {
        "specialist": found,
        "weekdays": weekday_names(),
        "rows": rows or rows_of(opening_hours(found.id)),
        "offer_form": _offer_form(chosen=offered_types().get(found.id, set())),
        "slot_form": SlotForm(prefix="slot-", formdata=None, day=clock.today()),
        "refusal": "",
        "said": "",
        "conflicts": [],
    }
    return render("admin/specialist", status, **context | more)


def _offer_form(chosen: set[UUID] | None = None) -> OfferForm:
    options = {} if chosen is None else {"formdata": None, "type_ids": [str(one) for one in chosen]}
    form = OfferForm(prefix="offer-", **options)
    form.type_ids.choices = [SelectChoice(str(one.id), one.name) for one in all_types()]
    return form


def _back_to(specialist_id: UUID) -> Any:
    return redirect(url_for("admin.specialist", specialist_id=specialist_id), code=303)
