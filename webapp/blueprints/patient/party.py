"""Times that are held together: who comes, more time, giving them back, others in their place, the last look."""

from functools import wraps
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import said
from webapp.blueprints.patient.holding import BOOKED
from webapp.blueprints.patient.party_forms import PartyForm, party_form
from webapp.blueprints.patient.party_holding import plan_of, wished
from webapp.blueprints.patient.together import party_taken, taking, ways
from webapp.blueprints.patient.visit import to_own_visit, to_visit
from webapp.core.errors import Conflict, DomainError, HoldExpired, InvalidInput
from webapp.queries.appointments import AppointmentView, party
from webapp.queries.patient_holds import Typed, find_typed
from webapp.services.parties import MAX_EXTENSIONS, book_party, extend_party, release_party
from webapp.services.patient_holds import digest, drop_answers, keep_answers
from webapp.web import clock, links
from webapp.web.errors import sentence
from webapp.web.fragments import render, wants_fragment
from webapp.web.guards import View, patient
from webapp.web.restraint import check_proof, check_trap, proof_asked, proof_sent

PARTY = "/c/<clinic>/party/<token>"
Members = list[AppointmentView]


def of_party(view: View) -> View:
    """The view gets the ``members`` of the party in place of the appointment that its link opens."""

    @wraps(view)
    def opened(*, appointment: AppointmentView, **values: Any) -> Any:
        if appointment.party_id is None:
            abort(404)
        return view(members=party(appointment.party_id), **values)

    return opened


@blueprint.get(PARTY)
@patient("party")
@of_party
def party_details(members: Members) -> Any:
    typed = find_typed(members[0].id)
    return _elsewhere(members) or _details_page(members, party_form(plan_of(members), typed.answers))


@blueprint.post(PARTY)
@patient("party")
@of_party
def party_describe(members: Members) -> Any:
    """Keep what was typed, whatever has become of the times, then lead to the last look."""
    form = _kept(members)
    if _is_over(members):
        return _elsewhere(members, typed=digest(form.typed()))
    if not form.validate():
        return _details_page(members, form, 400)
    try:
        check_trap()
    except InvalidInput as error:
        form.refuse(error)
        return _details_page(members, form, error.status, trapped=True)
    return redirect(url_for("patient.party_check", token=_token(members), **proof_sent()), code=303)


@blueprint.post(f"{PARTY}/more-time")
@patient("party")
@of_party
def party_extend(members: Members) -> Any:
    _kept(members)
    try:
        extend_party(party_id=_party_id(members), actor="patient", hold_seconds=clock.hold_seconds())
    except HoldExpired:
        return _elsewhere(_again(members)) or abort(409)
    except Conflict as error:
        flash(sentence(error), "bad")
    if wants_fragment():
        return render_template("patient/_held.html", **_strip(_again(members)))
    page = "patient.party_check" if request.form.get("page") == "check" else "patient.party_details"
    return redirect(url_for(page, token=_token(members)), code=303)


@blueprint.post(f"{PARTY}/another")
@patient("party")
@of_party
def party_another(members: Members) -> Any:
    """To the days with what was typed kept; these times stay held until others are chosen."""
    _kept(members)
    return _to_days(members, hold=_token(members))


@blueprint.post(f"{PARTY}/give-back")
@patient("party")
@of_party
def party_give_back(members: Members) -> Any:
    try:
        release_party(party_id=_party_id(members), actor="patient")
    except Conflict:
        return _elsewhere(_again(members)) or abort(409)
    drop_answers(appointment_id=members[0].id)
    session.pop("party", None)
    flash(_("The times were given back."), "good")
    return _to_days(members)


@blueprint.post(f"{PARTY}/instead")
@patient("party")
@of_party
def party_instead(members: Members) -> Any:
    """Other times in place of those that ran out; what was typed comes along."""
    wish = wished(request.form.get("time", "")) or abort(400)
    return taking(plan_of(members), wish, members, url_for("patient.party_instead", token=_token(members)))


@blueprint.get(f"{PARTY}/check")
@patient("party")
@of_party
def party_check(members: Members) -> Any:
    typed = find_typed(members[0].id)
    gone = _elsewhere(members)
    if gone:
        return gone
    form = _answers(members, typed)
    if not form.validate():
        return redirect(url_for("patient.party_details", token=_token(members)), code=303)
    return _check_page(members, form, typed)


@blueprint.post(f"{PARTY}/check")
@patient("party")
@of_party
def party_book(members: Members) -> Any:
    shown, typed = request.form.get("shown", ""), find_typed(members[0].id)
    if _is_over(members):
        return _elsewhere(members, typed=shown)
    form = _answers(members, typed)
    if not form.validate():  # something more is asked than when this was last looked at
        return _incomplete(members, typed, form)
    if typed.digest != shown:
        form.form_errors.append(_("Your answers were changed in another window. Check them again, then book."))
        return _check_page(members, form, typed, 409)
    try:
        check_proof(members[0].id)
        book_party(party_id=_party_id(members), people=form.people(), actor="patient")
    except HoldExpired:
        return _elsewhere(_again(members), typed=shown) or abort(409)
    except DomainError as error:
        return _refused(members, typed, error)
    session.pop("party", None)
    return to_visit(members[0].id)


def _details_page(members: Members, form: PartyForm, status: int = 200, *, trapped: bool = False) -> Any:
    proof = proof_asked(members[0].id)
    return render("patient/party_details", status, form=form, trapped=trapped, proof=proof, **_strip(members))


def _check_page(members: Members, form: PartyForm, typed: Typed, status: int = 200) -> Any:
    own = {"said": said, "shown": typed.digest, "proof": proof_asked(members[0].id), "page": "check"}
    return render("patient/party_check", status, form=form, **_strip(members) | own)


def _strip(members: Members) -> dict[str, Any]:
    """What the pages of a held party need, and the strip that counts it down: by whichever hold ends first."""
    token = _token(members)
    return {
        "members": members,
        "appointment": min(members, key=lambda one: one.expires_at or one.start),
        "token": token,
        "now": clock.now(),
        "can_extend": all(one.extensions < MAX_EXTENSIONS for one in members),
        "page": request.form.get("page", ""),
        "held_url": lambda page, **more: url_for(f"patient.party_{page}", token=token, **more),
        **ways(plan_of(members)),
    }


def _answers(members: Members, typed: Typed) -> PartyForm:
    return party_form(plan_of(members), typed.answers or [("p1_full_name", "")], meta={"csrf": False})


def _incomplete(members: Members, typed: Typed, checked: PartyForm) -> Any:
    form = party_form(plan_of(members), typed.answers)
    for field in checked:
        form[field.short_name].errors = field.errors
    return _details_page(members, form, 400)


def _refused(members: Members, typed: Typed, error: DomainError) -> Any:
    """A refusal is shown where it can be mended: beside its field, else above the answers."""
    form = party_form(plan_of(members), typed.answers)
    form.refuse(error)
    if error.field in form:
        return _details_page(members, form, error.status)
    return _check_page(members, form, typed, error.status)


def _kept(members: Members) -> PartyForm:
    """What was typed outlasts the times it was typed for; a form of another page has nothing typed in it."""
    form = party_form(plan_of(members))
    if form.typed() and not any(one.status in BOOKED for one in members):
        keep_answers(appointment_id=members[0].id, answers=form.typed())
    return form


def _is_over(members: Members) -> bool:
    return any(one.status != "HOLD" for one in members)


def _elsewhere(members: Members, *, typed: str = "") -> Any:
    """Where somebody belongs whose times are not all held; None while they are. ``typed`` tells their answers."""
    if not _is_over(members):
        return None
    if any(one.status in BOOKED for one in members):
        session.pop("party", None)
        if not typed:
            return to_own_visit(members[0].id)
        if typed == find_typed(members[0].id).digest:
            return to_visit(members[0].id)
        reason = _("These times were booked with other details, perhaps in another window. Yours were not booked.")
        return _gone(members, _("These times are gone"), reason)
    if any(one.status == "EXPIRED" for one in members):
        reason = _(
            "We kept the times for you as long as we could. They may still be free: choose them, or others near."
        )
        return _gone(members, _("Your hold has ended"), reason)
    if typed:
        reason = _("You gave these times back or chose others, perhaps in another window.")
        return _gone(members, _("You do not hold these times any more"), reason)
    return _to_days(members)


def _gone(members: Members, heading: str, reason: str) -> Any:
    action = url_for("patient.party_instead", token=_token(members))
    kept = bool(find_typed(members[0].id).answers)
    return party_taken(plan_of(members), members[0].start, heading, reason, action, kept=kept)


def _to_days(members: Members, **carried: str) -> Any:
    plan = plan_of(members)
    return redirect(url_for("patient.party_days", type_id=plan.visits[0].ref, **plan.asked, **carried), code=303)


def _token(members: Members) -> str:
    return links.seal("party", members[0].id)


def _again(members: Members) -> Members:
    return party(_party_id(members))


def _party_id(members: Members) -> Any:
    return members[0].party_id
