"""What is held: who comes, more time, giving it back, something else in its place."""

from typing import Any

from flask import abort, flash, render_template, request
from flask_babel import gettext

from webapp.blueprints.patient.held import Held, of_held
from webapp.blueprints.patient.holding import BOOKED
from webapp.blueprints.patient.visit import to_own_visit, to_visit
from webapp.core.errors import Conflict, HoldExpired, InvalidInput
from webapp.queries.patient_holds import find_typed
from webapp.services.patient_holds import digest, drop_answers, keep_answers
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.restraint import check_trap, proof_asked, proof_sent


@of_held("GET")
def details(held: Held) -> Any:
    return elsewhere(held) or details_page(held, held.form(find_typed(held.first.id).answers))


@of_held("POST")
def describe(held: Held) -> Any:
    """Keep what was typed, whatever has become of the time, then lead to the last look."""
    form = _kept(held)
    if held.is_over:
        return elsewhere(held, typed=digest(form.typed()))
    if not form.validate():
        return details_page(held, form, 400)
    try:
        check_trap()
    except InvalidInput as error:
        form.refuse(error)
        return details_page(held, form, error.status, trapped=True)
    return held.to("check", **proof_sent())


@of_held("POST", "/more-time")
def extend(held: Held) -> Any:
    _kept(held)
    try:
        held.hold_longer()
    except HoldExpired:
        return elsewhere(held.again()) or abort(409)
    except Conflict as error:
        flash(sentence(error), "bad")
    if wants_fragment():
        return render_template("patient/_held.html", **held.again().strip())
    return held.to("check" if request.form.get("page") == "check" else "details")


@of_held("POST", "/another")
def another(held: Held) -> Any:
    """To the days with what was typed kept; this stays held until something else is chosen."""
    _kept(held)
    return held.to_days(hold=held.token)


@of_held("POST", "/give-back")
def give_back(held: Held) -> Any:
    try:
        held.release()
    except Conflict:
        return elsewhere(held.again()) or abort(409)
    drop_answers(appointment_id=held.first.id)
    held.forget()
    flash(gettext(held.given_back), "good")
    return held.to_days()


@of_held("POST", "/instead")
def instead(held: Held) -> Any:
    """Something else in place of what ran out; what was typed comes along."""
    return held.instead()


def details_page(held: Held, form: Any, status: int = 200, *, trapped: bool = False) -> Any:
    proof = proof_asked(held.first.id)
    return render(f"patient/{held.prefix}details", status, form=form, trapped=trapped, proof=proof, **held.strip())


def elsewhere(held: Held, *, typed: str = "") -> Any:
    """Where somebody belongs who does not hold all of it now; None while they do. ``typed`` tells their answers."""
    if not held.is_over:
        return None
    if held.has(*BOOKED):
        held.forget()
        if not typed:
            return to_own_visit(held.first.id)
        if typed == find_typed(held.first.id).digest:
            return to_visit(held.first.id)
        return held.offer_others(gettext(held.gone_heading), gettext(held.booked_otherwise))
    if held.has("EXPIRED"):
        return held.offer_others(gettext("Your hold has ended"), gettext(held.ran_out))
    if typed:
        return held.offer_others(gettext(held.let_go_heading), gettext(held.let_go))
    return held.to_days()


def _kept(held: Held) -> Any:
    """What was typed outlasts the time it was typed for; a form of another page has nothing typed in it."""
    form = held.form()
    if form.typed() and not held.has(*BOOKED):
        keep_answers(appointment_id=held.first.id, answers=form.typed())
    return form
