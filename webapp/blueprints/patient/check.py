"""The last look before the booking: every answer with a way back to it, and one button."""

from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from webapp.blueprints.patient.details import details_page, elsewhere
from webapp.blueprints.patient.forms import said
from webapp.blueprints.patient.held import Held, of_held
from webapp.blueprints.patient.visit import to_visit
from webapp.core.errors import DomainError, HoldExpired
from webapp.queries.patient_holds import Typed, find_typed
from webapp.web.fragments import render
from webapp.web.restraint import check_proof, proof_asked


@of_held("GET", "/check")
def check(held: Held) -> Any:
    gone, typed = elsewhere(held), find_typed(held.first.id)
    if gone:
        return gone
    form = held.answers(typed.answers)
    return _check_page(held, form, typed) if form.validate() else held.to("details")


@of_held("POST", "/check")
def book(held: Held) -> Any:
    shown, typed = request.form.get("shown", ""), find_typed(held.first.id)
    if held.is_over:
        return elsewhere(held, typed=shown)
    form = held.answers(typed.answers)
    if not form.validate():  # something more is asked than when this was last looked at
        return _incomplete(held, typed, form)
    if typed.digest != shown:
        form.form_errors.append(_("Your answers were changed in another window. Check them again, then book."))
        return _check_page(held, form, typed, 409)
    try:
        check_proof(held.first.id)
        held.book(form)
    except HoldExpired:
        return elsewhere(held.again(), typed=shown) or abort(409)
    except DomainError as error:
        return _refused(held, typed, error)
    held.forget()
    return to_visit(held.first.id)


def _incomplete(held: Held, typed: Typed, checked: Any) -> Any:
    form = held.form(typed.answers)
    for field in checked:
        form[field.short_name].errors = field.errors
    return details_page(held, form, 400)


def _refused(held: Held, typed: Typed, error: DomainError) -> Any:
    """A refusal is shown where it can be mended: beside its field, else above the answers."""
    form = held.form(typed.answers)
    form.refuse(error)
    if error.field in form:
        return details_page(held, form, error.status)
    return _check_page(held, form, typed, error.status)


def _check_page(held: Held, form: Any, typed: Typed, status: int = 200) -> Any:
    own = {"said": said, "shown": typed.digest, "proof": proof_asked(held.first.id), "page": "check"}
    return render(f"patient/{held.prefix}check", status, form=form, **held.strip() | own)
