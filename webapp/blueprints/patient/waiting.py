"""A place on the waiting list, for whoever has its link: what is offered, what is waited for, and leaving."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.choosing import who_offers
from webapp.blueprints.patient.forms import AgreementForm, agreement_form
from webapp.blueprints.patient.visit import own_token, to_visit
from webapp.blueprints.patient.wishes import WishForm, part_words
from webapp.core.errors import N_, Conflict, DomainError, HoldExpired
from webapp.queries.appointments import AppointmentView, find_appointment
from webapp.queries.availability import find_type
from webapp.queries.specialists import list_specialists
from webapp.queries.waitlist import OwnEntry
from webapp.services.joining import change_wish
from webapp.services.waitlist import accept_offer, cancel_entry, decline_offer
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import weekday_names
from webapp.web.fragments import render
from webapp.web.guards import waits
from webapp.web.reach import can_be_told
from webapp.web.refusals import carried, carry

WAITING = "/c/<clinic>/waiting/<token>"
_GONE = Conflict(N_("This time is not kept for you any more. It went on to the next person who waits."))


@blueprint.get(WAITING)
@waits
def waiting(entry: OwnEntry, token: str) -> Any:
    """The place as it is now, and why what was sent changed nothing."""
    refusal = carried()
    return _page(entry, token, status=refusal.status, refusal=sentence(refusal)) if refusal else _page(entry, token)


@blueprint.post(f"{WAITING}/book")
@waits
def accept(entry: OwnEntry, token: str) -> Any:
    """Book what is offered. A page left open cannot take what was offered since."""
    form = agreement_form(entry.type_id)
    if _asked(entry) is None:
        return _back(token, _GONE)
    if not form.validate():
        return _page(entry, token, form=form, status=400)
    try:
        appointment_id = accept_offer(offer_id=_asked(entry), actor="patient", own=True, said=form.said())
    except HoldExpired:
        return _back(token, _GONE)
    except DomainError as error:
        form.refuse(error)
        return _page(entry, token, form=form, status=error.status)
    return to_visit(appointment_id)


@blueprint.post(f"{WAITING}/decline")
@waits
def decline(entry: OwnEntry, token: str) -> Any:
    """Give the offered time back; it goes to the next one, and this one waits on."""
    offer_id = _asked(entry)
    if offer_id is None:
        return _back(token, _GONE)
    try:
        decline_offer(offer_id=offer_id, actor="patient")
    except Conflict as error:
        return _back(token, error)
    return _back(token)


@blueprint.post(f"{WAITING}/leave")
@waits
def leave(entry: OwnEntry, token: str) -> Any:
    try:
        cancel_entry(entry_id=entry.id, actor="patient")
    except Conflict as error:
        return _back(token, error)
    return _back(token)


@blueprint.get(f"{WAITING}/change")
@waits
def wish_form(entry: OwnEntry, token: str) -> Any:
    if not entry.on_the_list:
        return _back(token)
    names = ("first_day", "last_day", "weekdays", "parts")
    wish = {name: getattr(entry, name) for name in names}
    wish["specialist_ids"] = [str(one) for one in entry.specialist_ids]
    return _wish_page(entry, token, _wish_form(entry, formdata=None, data=wish))


@blueprint.post(f"{WAITING}/change")
@waits
def change(entry: OwnEntry, token: str) -> Any:
    form = _wish_form(entry)
    if not form.validate():
        return _wish_page(entry, token, form, 400)
    try:
        change_wish(entry_id=entry.id, wish=form.wish(entry.type_id))
    except DomainError as error:
        form.refuse(error)
        return _wish_page(entry, token, form, error.status)
    flash(_("What you wait for is changed."), "good")
    return _back(token)


def _asked(entry: OwnEntry) -> UUID | None:
    """The offer that the sent form spoke of, if it is the one that was made last."""
    offer_id = request.form.get("offer", type=UUID)
    return offer_id if offer_id == entry.offer_id else None


def _page(
    entry: OwnEntry, token: str, *, form: AgreementForm | None = None, status: int = 200, refusal: str = ""
) -> Any:
    offered = find_appointment(entry.appointment_id) if entry.appointment_id else None
    names = dict(weekday_names())
    return render(
        "patient/waiting",
        status,
        entry=entry,
        token=token,
        appointment=offered,
        form=form or agreement_form(entry.type_id, formdata=None),
        refusal=refusal,
        heading=_heading(entry, offered),
        now=clock.now(),
        who=[one.full_name for one in list_specialists() if one.id in entry.specialist_ids],
        days=[names[day] for day in entry.weekdays] if len(entry.weekdays) < len(names) else [],
        parts=[part_words()[part] for part in entry.parts] if len(entry.parts) < len(part_words()) else [],
        is_told=can_be_told(email=entry.email, phone=entry.phone),
        visit_token=own_token(offered.id) if offered else "",
    )


def _heading(entry: OwnEntry, offered: AppointmentView | None) -> str:
    if entry.is_offered:
        return _("A time is free for you")
    if entry.on_the_list and entry.offer_status != "ACCEPTED":
        return _("You are on the waiting list")
    if entry.status == "CANCELLED":
        return _("You have left the waiting list")
    if entry.status == "ENDED":
        return _("You are not on the waiting list any more")
    if offered and offered.status == "CANCELLED":
        return _("This visit was cancelled")
    return _("Your visit is booked")


def _wish_form(entry: OwnEntry, **options: Any) -> WishForm:
    form = WishForm(**options)
    visit = find_type(entry.type_id)
    form.offer(who_offers(visit) if visit else [])
    return form


def _wish_page(entry: OwnEntry, token: str, form: WishForm, status: int = 200) -> Any:
    return render("patient/wish_form", status, entry=entry, token=token, form=form)


def _back(token: str, error: Conflict | None = None) -> Any:
    return redirect(url_for("patient.waiting", token=token, **(carry(error) if error else {})), code=303)
