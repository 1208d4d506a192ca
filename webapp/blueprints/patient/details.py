"""What is held: who comes, more time, giving it back, something else in its place."""

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from webapp.blueprints.patient.held import Held, Typed, of_held
from webapp.blueprints.patient.holding import BOOKED
from webapp.blueprints.patient.visit import to_own_visit, to_visit
from webapp.core.errors import Conflict, HoldExpired, InvalidInput
from webapp.queries.patient_holds import find_typed
from webapp.services.patient_holds import digest, drop_answers, keep_answers
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.languages import speak
from webapp.web.refusals import carried, carry
from webapp.web.restraint import TRAP, check_trap, proof_asked, proof_sent


@of_held("GET")
def details(held: Held) -> Any:
    """Who comes. What was ``sent`` and cannot be booked as it is says why, however often the page is opened."""
    return elsewhere(held) or _page(held, find_typed(held.first.id).answers)


@of_held("POST")
def describe(held: Held) -> Any:
    """Keep what was typed, whatever has become of the time, then lead to the last look."""
    form = _kept(held)
    if held.is_over:
        return too_late(held, typed=digest(form.typed()))
    if not form.validate():
        return held.refused()
    try:
        check_trap()
    except InvalidInput as error:
        return held.refused(error)
    return held.to("check", **proof_sent())


@of_held("POST", "/more-time")
def extend(held: Held) -> Any:
    _kept(held)
    try:
        held.hold_longer()
    except HoldExpired:
        return too_late(held.again())
    except Conflict as error:
        flash(sentence(error), "bad")
    if wants_fragment():
        return render_template("patient/_held.html", **held.again().strip())
    return held.to("check" if request.form.get("page") == "check" else "details")


@of_held("POST", "/language")
def translate(held: Held) -> Any:
    """The same page in another language, with what was typed kept."""
    _kept(held)
    speak(request.form.get("lang", ""))
    return held.to("details")


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
        return too_late(held.again())
    drop_answers(appointment_id=held.first.id)
    held.forget()
    flash(gettext(held.given_back), "good")
    return held.to_days()


@of_held("POST", "/instead")
def instead(held: Held) -> Any:
    """Something else in place of what ran out; what was typed comes along."""
    return held.instead()


def _page(held: Held, typed: Typed) -> Any:
    form, refusal = held.form(typed), carried()
    if "sent" in request.args:
        form.show_problems(held.answers(typed))
    if refusal:
        form.refuse(refusal)
    status = refusal.status if refusal else 400 if form.errors else 200
    trapped = bool(refusal and refusal.field == TRAP)
    own = {"trapped": trapped, "proof": proof_asked(held.first.id), "translate_url": held.url("translate")}
    return render(f"patient/{held.prefix}details", status, form=form, **own, **held.strip())


def elsewhere(held: Held) -> Any:
    """Where somebody belongs who does not hold all of it now; None while they do."""
    if not held.is_over:
        return None
    refusal, sent = carried(), "sent" in request.args
    if refusal:
        return held.offer_others(gettext(held.gone_heading), sentence(refusal))
    if held.has(*BOOKED):
        if sent:
            return held.offer_others(gettext(held.gone_heading), gettext(held.booked_otherwise))
        held.forget()
        return to_own_visit(held.first.id)
    if held.has("EXPIRED"):
        return held.offer_others(gettext("Your hold has ended"), gettext(held.ran_out))
    if sent:
        return held.offer_others(gettext(held.let_go_heading), gettext(held.let_go))
    return held.to_days()


def too_late(held: Held, *, typed: str = "") -> Any:
    """What a form was sent for is not held any more. ``typed`` tells its answers: who booked with them sees it."""
    if not typed:
        return held.to("details")
    if held.has(*BOOKED) and typed == find_typed(held.first.id).digest:
        held.forget()
        return to_visit(held.first.id)
    return held.refused()


def keep_typed(held: Held, error: InvalidInput) -> Any:
    """Nothing but that, and to where it is said why, or what has become of the time."""
    typed = _kept(held).typed()
    if held.is_over:
        return too_late(held)
    if typed:
        return held.refused(error)
    return held.to("check" if request.form.get("page") == "check" else "details", **carry(error))


def _kept(held: Held) -> Any:
    """What was typed outlasts the time it was typed for; a form of another page has nothing typed in it."""
    form = held.form()
    if form.typed() and not held.has(*BOOKED):
        keep_answers(appointment_id=held.first.id, answers=form.typed())
    return form
