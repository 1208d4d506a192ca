"""Joining the waiting list: one page, no account."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from wtforms import HiddenField

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import chosen_specialist, who_offers
from webapp.blueprints.patient.forms import PersonForm, contact_fields
from webapp.blueprints.patient.holding import bookable_type
from webapp.blueprints.patient.wishes import WishForm
from webapp.core.errors import DomainError
from webapp.core.tenancy import current_tenant
from webapp.queries.availability import VisitType
from webapp.rules.idempotency import fingerprint
from webapp.rules.parts_of_day import PARTS
from webapp.rules.waitlist import EVERY_DAY
from webapp.services.joining import join as join_waitlist
from webapp.web import clock, links, throttle
from webapp.web.drafts import asks_for_language, complain, drafted, drop_draft, show_again, show_translated
from webapp.web.fragments import render
from webapp.web.guards import public
from webapp.web.reach import gets_link, reach_here
from webapp.web.refusals import carried
from webapp.web.restraint import TRAP, check_trap

FOUR_WEEKS = timedelta(days=28)


class JoinForm(WishForm, PersonForm):
    """What somebody waits for, and who it is: see _form()."""

    key = HiddenField()


@blueprint.get("/c/<clinic>/wait/<uuid:type_id>")
@public
def wait_form(type_id: UUID) -> Any:
    visit = bookable_type(type_id)
    last = min(clock.today() + FOUR_WEEKS, clock.days_open()[1])
    wish = {"first_day": clock.today(), "last_day": last, "weekdays": list(EVERY_DAY), "parts": list(PARTS)}
    wish["specialist_ids"] = [str(one) for one in (chosen_specialist(),) if one]
    key = uuid4().hex
    typed = drafted(key=key)
    form = _form(visit, formdata=typed, data=wish | {"key": key})
    return _page(visit, form, complain(form, _form(visit, formdata=typed, meta={"csrf": False})))


@blueprint.post("/c/<clinic>/wait/<uuid:type_id>")
@public
def join(type_id: UUID) -> Any:
    """One answer for those the clinic knows and those it does not: how it goes on depends on how they are reached."""
    visit = bookable_type(type_id)
    form = _form(visit)
    if asks_for_language():
        return show_translated(form)
    if not form.validate():
        return show_again(form) or _page(visit, form, 400)
    person = form.patient()
    by_letter = gets_link(email=person.email, phone=person.phone)
    try:
        check_trap()
        throttle.count_join(contact=person.email or person.phone or "")
        entry_id = join_waitlist(
            entry_id=_entry_id(form),
            person=person,
            wish=form.wish(visit.id),
            before=links.unseal("wait", session.get("waits", "")),
            by_details=by_letter,
        )
    except DomainError as error:
        form.refuse(error)
        return show_again(form, error) or _page(visit, form, error.status)
    drop_draft()
    if by_letter:
        return redirect(url_for("patient.joined"), code=303)
    session["waits"] = links.seal("wait", entry_id)
    flash(_("You are on the waiting list."), "good")
    return redirect(url_for("patient.waiting", token=session["waits"]), code=303)


def join_again(error: DomainError, type_id: UUID) -> Any:
    """The form as it was sent, for whose cookie there is no page to lead to."""
    visit = bookable_type(type_id)
    form = _form(visit)
    form.refuse(error)
    return _page(visit, form, error.status)


@blueprint.get("/c/<clinic>/wait")
@public
def joined() -> Any:
    """For whoever was just sent their link: it is shown to nobody but at the address they gave."""
    return render("patient/joined")


def _form(visit: VisitType, **options: Any) -> Any:
    form = type("JoinForm", (JoinForm,), contact_fields(g.clinic.required_fields))(**options)
    form.offer(who_offers(visit))
    return form


def _entry_id(form: JoinForm) -> UUID:
    """The same for the same answers sent twice from one page."""
    key = form.key.data or ""
    if not re.fullmatch("[0-9a-f]{32}", key):
        return uuid4()
    answers = fingerprint({"answers": [list(pair) for pair in form.typed()]})
    return UUID(throttle.digest("wait", current_tenant(), key, answers)[:32])


def _page(visit: VisitType, form: JoinForm, status: int = 200) -> Any:
    refusal, url = carried(), url_for("patient.join", type_id=visit.ref)
    trapped = bool(request.form.get(TRAP) or (refusal and refusal.field == TRAP))
    own = {"trapped": trapped, "reach": reach_here(), "translate_url": url}
    return render("patient/wait_form", status, type=visit, form=form, **own)
