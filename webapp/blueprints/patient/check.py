"""The last look before the booking: every answer with a way back to it, and one button."""

from typing import Any

from flask import request

from webapp.blueprints.patient.details import elsewhere, too_late
from webapp.blueprints.patient.forms import said
from webapp.blueprints.patient.held import Held, of_held
from webapp.blueprints.patient.visit import to_visit
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired
from webapp.queries.patient_holds import Typed, find_typed
from webapp.web.fragments import render
from webapp.web.refusals import carried
from webapp.web.restraint import check_proof, proof_asked


@of_held("GET", "/check")
def check(held: Held) -> Any:
    gone, typed = elsewhere(held), find_typed(held.first.id)
    if gone:
        return gone
    form = held.answers(typed.answers)
    return _page(held, form, typed) if form.validate() else held.to("details")


@of_held("POST", "/check")
def book(held: Held) -> Any:
    shown, typed = request.form.get("shown", ""), find_typed(held.first.id)
    if held.is_over:
        return too_late(held, typed=shown)
    form = held.answers(typed.answers)
    if not form.validate():  # something more is asked than when this was last looked at
        return held.refused()
    try:
        if typed.digest != shown:
            raise Conflict(N_("Your answers were changed in another window. Check them again, then book."))
        check_proof(held.first.id)
        held.book(form)
    except HoldExpired:
        return too_late(held.again(), typed=shown)
    except DomainError as error:  # shown where it can be mended: beside its field, else above the answers
        return held.refused(error, page="details" if error.field in form else "check")
    held.forget()
    return to_visit(held.first.id)


def _page(held: Held, form: Any, typed: Typed) -> Any:
    refusal = carried()
    if refusal:
        form.refuse(refusal)
    status = refusal.status if refusal else 200
    own = {"said": said, "shown": typed.digest, "proof": proof_asked(held.first.id), "page": "check"}
    return render(f"patient/{held.prefix}check", status, form=form, **held.strip() | own)
