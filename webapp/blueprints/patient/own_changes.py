"""What a patient can still do about a visit, asked before it is tried."""

from datetime import timedelta
from typing import Any

from flask import g
from flask_babel import gettext as _

from webapp.core.errors import Conflict, DomainError
from webapp.queries.appointments import AppointmentView
from webapp.queries.availability import find_type
from webapp.rules import patient_rules
from webapp.rules.parties import field_of
from webapp.rules.status import check_expected
from webapp.web import clock
from webapp.web.errors import sentence
from webapp.web.filters import moment


def check_cancel(appointment: AppointmentView) -> None:
    """Raise Conflict unless the patient may cancel the visit now."""
    check_expected(appointment.status)
    patient_rules.check_cancel(g.clinic.rules, appointment.start, now=clock.now())


def check_move(appointment: AppointmentView) -> None:
    """Raise Conflict unless the patient may move the visit now.

    It must be one in a specialist's book, of whole minutes, at a clinic whose times patients choose themselves.
    """
    check_expected(appointment.status)
    patient_rules.check_move(g.clinic.rules, appointment.start, now=clock.now())
    has_times = bool(appointment.slot_id and appointment.minutes)
    patient_rules.check_place(g.clinic.rules, is_open=g.clinic.public_booking, has_times=has_times)


def may_move(appointment: AppointmentView) -> bool:
    return not _why_not(check_move, appointment)


def may_cancel(appointment: AppointmentView) -> bool:
    return not _why_not(check_cancel, appointment)


def ways_on(appointment: AppointmentView) -> dict[str, Any]:
    """What the page of a visit offers, until when, and why not the rest."""
    upcoming = appointment.status == "CONFIRMED" and appointment.start > clock.now()
    kind = find_type(appointment.type_id) if appointment.type_id else None
    whys = [_why_not(check, appointment) for check in (check_move, check_cancel)] if upcoming else ["", ""]
    return {
        "upcoming": upcoming,
        "can_move": upcoming and not whys[0],
        "can_cancel": upcoming and not whys[1],
        "why_nots": [why for why in whys if why],
        "move_until": appointment.start - timedelta(minutes=g.clinic.move_cutoff_minutes),
        "cancel_until": appointment.start - timedelta(minutes=g.clinic.cancel_cutoff_minutes),
        "again": kind if kind and kind.is_public and g.clinic.public_booking else None,
    }


def still_to_come(members: list[AppointmentView]) -> list[AppointmentView]:
    return [one for one in members if one.status == "CONFIRMED"]


def which_and_why(members: list[AppointmentView], error: DomainError) -> str:
    """The refusal, and which of the visits to come it is about."""
    for number, one in enumerate(still_to_come(members), start=1):
        if error.field == field_of(number, "visit"):
            names = {"name": one.patient_name or "", "when": moment(one.start), "why": sentence(error)}
            return _("No visit was changed, because of the one of %(name)s, %(when)s: %(why)s", **names)
    return sentence(error)


def _why_not(check: Any, appointment: AppointmentView) -> str:
    try:
        check(appointment)
    except Conflict as refusal:
        return sentence(refusal)
    return ""
