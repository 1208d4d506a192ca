"""The first page of the admin: specialists and types of visit."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.forms import SpecialistForm, TypeForm
from webapp.core.errors import DomainError
from webapp.queries.specialists import SpecialistView, list_specialists, offered_types
from webapp.queries.type_settings import type_settings
from webapp.services.specialists import add_specialist, add_type
from webapp.web.fragments import render
from webapp.web.guards import staff


@blueprint.get("/")
@staff("ADMIN")
def index() -> Any:
    return _page()


@blueprint.post("/specialists")
@staff("ADMIN")
def new_specialist() -> Any:
    form = SpecialistForm(prefix="specialist-")
    if not form.validate():
        return _page(400, specialist_form=form)
    colour = int(form.colour.data) if form.colour.data else None
    try:
        made = add_specialist(full_name=form.full_name.data, service_type=form.service_type.data, colour=colour)
    except DomainError as error:
        form.refuse(error)
        return _page(error.status, specialist_form=form)
    flash(_("%(name)s was added. Set the weekly hours next.", name=form.full_name.data), "good")
    return redirect(url_for("admin.specialist", specialist_id=made), code=303)


@blueprint.post("/types")
@staff("ADMIN")
def new_type() -> Any:
    form = _type_form(list_specialists())
    if not form.validate():
        return _page(400, type_form=form)
    try:
        add_type(
            name=form.name.data,
            minutes=form.minutes.data,
            buffer_before=form.buffer_before.data,
            buffer_after=form.buffer_after.data,
            is_group=form.is_group.data,
            is_public=form.is_public.data,
            specialist_ids=[UUID(chosen) for chosen in form.specialist_ids.data],
        )
    except DomainError as error:
        form.refuse(error)
        return _page(error.status, type_form=form)
    flash(_("“%(name)s” was added.", name=form.name.data), "good")
    return redirect(url_for("admin.index"), code=303)


def _page(status: int = 200, specialist_form: SpecialistForm | None = None, type_form: TypeForm | None = None) -> Any:
    specialists = list_specialists(active_only=False)
    return render(
        "admin/index",
        status,
        specialists=specialists,
        types=type_settings(),
        offered=offered_types(),
        specialist_form=specialist_form or SpecialistForm(prefix="specialist-", formdata=None),
        type_form=type_form or _type_form(specialists, formdata=None),
    )


def _type_form(specialists: list[SpecialistView], **options: Any) -> TypeForm:
    form = TypeForm(prefix="type-", **options)
    form.specialist_ids.choices = [SelectChoice(str(one.id), one.full_name) for one in specialists if one.is_active]
    return form
