"""A visit found without its link: by its reference and the patient's date of birth."""

from typing import Any

from flask import redirect, url_for

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import FindForm
from webapp.core.errors import N_, DomainError, NotFound
from webapp.queries.manage_links import visit_behind
from webapp.rules.references import end_of_id
from webapp.services.manage_links import make_link
from webapp.web import throttle
from webapp.web.drafts import asks_for_language, complain, drafted, drop_draft, show_again, show_translated
from webapp.web.fragments import render
from webapp.web.guards import public


@blueprint.get("/c/<clinic>/find")
@public
def find_form() -> Any:
    form = FindForm(drafted())
    return _page(form, complain(form, FindForm(drafted(), meta={"csrf": False})))


@blueprint.post("/c/<clinic>/find")
@public
def find() -> Any:
    """One answer for an unknown reference, another birth date and a visit whose patient's is not known."""
    form = FindForm()
    if asks_for_language():
        return show_translated(form)
    if not form.validate():
        return show_again(form) or _page(form, 400)
    receipt = end_of_id(form.reference.data) or ""
    try:
        throttle.count_find(reference=receipt)
        appointment_id = visit_behind(receipt=receipt, born=form.date_of_birth.data)
        if appointment_id is None:
            raise NotFound(N_("No visit fits this reference together with this date of birth. Check both."))
    except DomainError as error:
        form.refuse(error)
        return show_again(form, error) or _page(form, error.status)
    drop_draft()
    throttle.forget_finds(reference=receipt)
    return redirect(url_for("patient.visit", token=make_link(appointment_id=appointment_id)), code=303)


def find_again(error: DomainError) -> Any:
    """The form as it was sent, for whose cookie there is no page to lead to."""
    form = FindForm()
    form.refuse(error)
    return _page(form, error.status)


def _page(form: FindForm, status: int) -> Any:
    return render("patient/find", status, form=form, translate_url=url_for("patient.find"))
