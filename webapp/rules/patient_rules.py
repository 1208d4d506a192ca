"""What a clinic lets patients do by themselves, and the words of each refusal: why, and what to do.

The desk is bound by none of it. Instants are UTC; whoever asks says what time it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from webapp.core.errors import N_, Conflict, InvalidInput, SlotTaken
from webapp.core.timezones import local_day
from webapp.rules.people import NewPatient

#: What a clinic may ask for besides the name.
DETAILS: Final = ("email", "phone", "date_of_birth")


@dataclass(frozen=True, slots=True)
class PatientRules:
    """The clinic's choices, as its row in the database has them; minutes before a visit, days from today."""

    timezone: str
    phone: str | None
    notice_minutes: int
    horizon_days: int
    cancel_cutoff_minutes: int
    move_cutoff_minutes: int
    bookings_a_person: int | None
    required_fields: list[str]
    terms_version: int | None


_TOO_SOON = (
    N_("Online booking here closes %(notice)s before a visit. Choose a later time, or call the clinic."),
    N_("Online booking here closes %(notice)s before a visit. Choose a later time, or call %(phone)s."),
)
_TOO_FAR = (
    N_("Online booking here goes %(horizon)s ahead. Choose an earlier time, or call the clinic."),
    N_("Online booking here goes %(horizon)s ahead. Choose an earlier time, or call %(phone)s."),
)
_ONE_BOOKING = (
    N_("This clinic lets a person have one booking to come at a time. Cancel it first, or call the clinic."),
    N_("This clinic lets a person have one booking to come at a time. Cancel it first, or call %(phone)s."),
)
_MANY_BOOKINGS = (
    N_("This clinic lets a person have %(most)s bookings to come at a time. Cancel one first, or call the clinic."),
    N_("This clinic lets a person have %(most)s bookings to come at a time. Cancel one first, or call %(phone)s."),
)
_CANCEL = (
    N_("Online cancelling here ends %(cutoff)s before the visit. Call the clinic if you cannot come."),
    N_("Online cancelling here ends %(cutoff)s before the visit. Call %(phone)s if you cannot come."),
)
_MOVE = (
    N_("Online moving here ends %(cutoff)s before the visit. Call the clinic if you need another time."),
    N_("Online moving here ends %(cutoff)s before the visit. Call %(phone)s if you need another time."),
)
_NOT_ONLINE = (
    N_("This clinic takes no bookings online at the moment. Call the clinic if you need another time."),
    N_("This clinic takes no bookings online at the moment. Call %(phone)s if you need another time."),
)
_BY_PHONE = (
    N_("This visit cannot be moved online. Call the clinic if you need another time."),
    N_("This visit cannot be moved online. Call %(phone)s if you need another time."),
)
_BEGUN = (
    N_("This visit has begun, so it cannot be changed online any more. Call the clinic."),
    N_("This visit has begun, so it cannot be changed online any more. Call %(phone)s."),
)
#: What is said of a missing detail.
REQUIRED: Final = {
    "email": N_("Enter an e-mail address. This clinic needs one."),
    "phone": N_("Enter a phone number. This clinic needs one."),
    "date_of_birth": N_("Enter the date of birth. This clinic needs it."),
}


def check_start(rules: PatientRules, start: datetime, *, now: datetime) -> None:
    """Raise SlotTaken for a start that is too soon, or too far away by the clinic's days, to be booked online."""
    if start < now:
        raise SlotTaken(N_("This time has passed. Choose a later one."))
    if start < now + timedelta(minutes=rules.notice_minutes):
        raise _refusal(SlotTaken, rules, _TOO_SOON, notice=timedelta(minutes=rules.notice_minutes))
    if local_day(start, rules.timezone) > local_day(now, rules.timezone) + timedelta(days=rules.horizon_days):
        raise _refusal(SlotTaken, rules, _TOO_FAR, horizon=timedelta(days=rules.horizon_days))


def check_count(rules: PatientRules, standing: int, *, adding: int = 1) -> None:
    """Raise Conflict when a person who has so many bookings to come may not add that many."""
    most = rules.bookings_a_person
    if most is not None and standing + adding > most:
        raise _refusal(Conflict, rules, _ONE_BOOKING if most == 1 else _MANY_BOOKINGS, most=most)


def check_cancel(rules: PatientRules, start: datetime, *, now: datetime) -> None:
    """Raise Conflict when it is too late for a patient to cancel."""
    _check_cutoff(rules, start, now, rules.cancel_cutoff_minutes, _CANCEL)


def check_move(rules: PatientRules, start: datetime, *, now: datetime) -> None:
    """Raise Conflict when it is too late for a patient to move a visit that starts at ``start``."""
    _check_cutoff(rules, start, now, rules.move_cutoff_minutes, _MOVE)


def check_place(rules: PatientRules, *, is_open: bool, has_times: bool) -> None:
    """Raise Conflict where patients do not choose a new time themselves: the clinic is not open to them, or the visit
    does not stand among the times it offers."""
    if not is_open:
        raise _refusal(Conflict, rules, _NOT_ONLINE)
    if not has_times:
        raise _refusal(Conflict, rules, _BY_PHONE)


def check_details(rules: PatientRules, person: NewPatient) -> None:
    """Raise InvalidInput for the first detail that the clinic needs and the patient did not give."""
    for name in DETAILS:
        if name in rules.required_fields and not getattr(person, name):
            raise InvalidInput(REQUIRED[name], field=name)


def check_terms(rules: PatientRules, accepted: int | None) -> None:
    """Raise InvalidInput unless the terms that hold now were accepted, by their version."""
    if rules.terms_version is None or accepted == rules.terms_version:
        return
    if accepted is None:
        raise InvalidInput(N_("Accept the terms of the clinic to book."), field="terms")
    raise InvalidInput(N_("The terms of the clinic have changed meanwhile. Read and accept them anew."), field="terms")


def _check_cutoff(rules: PatientRules, start: datetime, now: datetime, minutes: int, words: tuple[str, str]) -> None:
    if start <= now:
        raise _refusal(Conflict, rules, _BEGUN)
    if start < now + timedelta(minutes=minutes):
        raise _refusal(Conflict, rules, words, cutoff=timedelta(minutes=minutes))


def _refusal(kind: type[Conflict], rules: PatientRules, words: tuple[str, str], **params: Any) -> Conflict:
    """The sentence that names the clinic's phone number, where it has one."""
    if not rules.phone:
        return kind(words[0], **params)
    return kind(words[1], phone=rules.phone, **params)
