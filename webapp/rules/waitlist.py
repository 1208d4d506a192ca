"""When a free time may be offered to somebody on the waiting list, and for how long it is theirs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from webapp.core.errors import N_, InvalidInput
from webapp.rules.people import for_messages
from webapp.rules.reminders import quiet_around

EVERY_DAY: Final = (0, 1, 2, 3, 4, 5, 6)
#: Nobody reads a message sooner; a clinic whose offers are shorter means it.
LEAST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OfferRules:
    """The clinic's columns; the quiet hours are by its clock, the same time twice: there are none."""

    timezone: str
    offer_seconds: int
    notice_minutes: int
    quiet_from: time
    quiet_until: time


@dataclass(frozen=True, slots=True)
class Reach:
    """The ways in which patients can be told by a message."""

    mail: bool
    sms: bool

    def reaches(self, *, email: str | None, phone: str | None) -> bool:
        """Would somebody with this address and this number be told? Mail comes first, as in the outbox."""
        return self.mail if email else self.sms and for_messages(phone) is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for, by the clinic's calendar: days from first to last, both included, weekdays counted from
    Monday = 0; no specialists: any."""

    type_id: UUID
    specialist_ids: list[UUID]
    first_day: date
    last_day: date
    weekdays: list[int]
    parts: list[str]


def check_wish(wish: Wish, *, today: date, horizon_days: int) -> None:
    """Raise InvalidInput for days in which nothing can come free for this patient."""
    if wish.last_day < wish.first_day:
        raise InvalidInput(N_("The last day must not be before the first day."), field="last_day")
    if wish.last_day < today:
        raise InvalidInput(N_("This day is over. Enter a later one."), field="last_day")
    if wish.first_day > today + timedelta(days=horizon_days):
        raise InvalidInput(
            N_("Online booking here goes %(horizon)s ahead. Enter an earlier day."),
            field="first_day",
            horizon=timedelta(days=horizon_days),
        )
    some = range(min(7, (wish.last_day - wish.first_day).days + 1))
    if not {(wish.first_day + timedelta(days=n)).weekday() for n in some} & set(wish.weekdays):
        raise InvalidInput(N_("None of these days lies between the first and the last day."), field="weekdays")


def offer_time(rules: OfferRules, start: datetime, *, now: datetime) -> timedelta | None:
    """How long an offer of a time that starts then may stand: until the clinic's notice before it, at most.

    None: so shortly that nobody could take it.
    """
    wanted = timedelta(seconds=rules.offer_seconds)
    left = start - timedelta(minutes=rules.notice_minutes) - now
    return min(wanted, left) if left >= min(wanted, LEAST) else None


def may_wait_for_morning(rules: OfferRules, start: datetime, *, now: datetime) -> bool:
    """Is it in the quiet hours, and can the time still be offered when they are over? Who sleeps reads nothing, and
    must not lose their turn by it."""
    began, ended = quiet_around(now, (rules.quiet_from, rules.quiet_until), rules.timezone)
    return began <= now < ended and offer_time(rules, start, now=ended) is not None
