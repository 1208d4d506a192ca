"""One type of visit: changing it, and ending it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from webapp.blueprints.admin import blueprint
from webapp.blueprints.admin.forms import TypeChangeForm
from webapp.core.errors import DomainError, NotFound
from webapp.queries.specialists import list_specialists
from webapp.queries.type_settings import TypeSettings, type_settings
from webapp.services.visit_types import change_type
from webapp.web.fragments import render
from webapp.web.guards import actor, staff


@blueprint.get("/types/<uuid:type_id>")
@staff("ADMIN")
def visit_type(type_id: UUID) -> Any:
    found = _found(type_id)
    return render("admin/type", type=found, form=_form(found, formdata=None))


@blueprint.post("/types/<uuid:type_id>")
@staff("ADMIN")
def set_type(type_id: UUID) -> Any:
    found = _found(type_id)
    form = _form(found)
    if not form.validate():
        return render("admin/type", 400, type=found, form=form)
    try:
        change_type(type_id=found.id, **form.values(), actor=actor())
    except DomainError as error:
        form.refuse(error)
        return render("admin/type", error.status, type=found, form=form)
    flash(_("“%(name)s” was saved. What is booked already stays as it is.", name=form.name.data), "good")
    return redirect(url_for("admin.index"), code=303)


def _found(type_id: UUID) -> TypeSettings:
    found = next((one for one in type_settings() if one.id == type_id), None)
    if found is None:
        raise NotFound(_("This type of visit does not exist."))
    return found


def _form(found: TypeSettings, **options: Any) -> TypeChangeForm:
    """With what is stored, or what was sent; who has left is a choice only where they still offer it."""
    stored = {name: getattr(found, name) for name in TypeSettings.__slots__}
    stored["specialist_ids"] = [str(one) for one in found.specialist_ids]
    form = TypeChangeForm(prefix="type-", data=stored, **options)
    form.specialist_ids.choices = [
        SelectChoice(str(one.id), one.full_name)
        for one in list_specialists(active_only=False)
        if one.is_active or one.id in found.specialist_ids
    ]
    return form
