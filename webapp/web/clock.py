"""The clinic's calendar and clocks, for views: what "today", "soon enough" and "too far ahead" mean there."""

from datetime import date, datetime, time, timedelta

from flask import current_app, g

from webapp.core import timezones
from webapp.core.errors import SlotTaken
from webapp.core.timezones import day_bounds, instants, local_day, utc_now
from webapp.rules import parts_of_day
from webapp.rules.patient_rules import check_start

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "bounds_of",
    "check_bookable",
    "day_of",
    "days_open",
    "earliest",
    "hold_seconds",
    "moments",
    "now",
    "parse_day",
    "part_of_day",
    "start_of",
    "today",
    "why_closed",
]

now = utc_now
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def parse_day(text: str) -> date | None:
    """A date written YYYY-MM-DD that a clinic could mean, or None."""
    day = timezones.parse_day(text)
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def day_of(instant: datetime) -> date:
    """The clinic's day an instant falls on."""
    return local_day(instant, g.clinic.timezone)


def today() -> date:
    return day_of(now())


def start_of(day: date) -> datetime:
    """The first instant of a clinic's day, UTC."""
    return day_bounds(day, g.clinic.timezone)[0]


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The half-open UTC range of a clinic's day."""
    return day_bounds(day, g.clinic.timezone)


def earliest() -> datetime:
    """The first instant at which patients may still book themselves, UTC."""
    return now() + timedelta(minutes=g.clinic.notice_minutes)


def days_open() -> tuple[date, date]:
    """The first and the last day on which patients may book themselves."""
    return day_of(earliest()), today() + timedelta(days=g.clinic.horizon_days)


def check_bookable(start: datetime) -> None:
    """Raise SlotTaken, with the reason, for a start that the clinic's notice or horizon keeps from patients."""
    check_start(g.clinic.rules, start, now=now())


def why_closed(day: date) -> SlotTaken | None:
    """Why patients cannot book any time of this day themselves; None: they can, as far as it is free."""
    first, last = days_open()
    since, until = bounds_of(day)
    try:
        if not first <= day <= last:
            check_bookable(since if day > last else until - timedelta(seconds=1))
    except SlotTaken as refusal:
        return refusal
    return None


def moments(day: date, wall: time) -> tuple[datetime, ...]:
    """Every instant at which the clinic's clocks show this time that day: none, one or two, UTC."""
    return instants(datetime.combine(day, wall), g.clinic.timezone)


def part_of_day(instant: datetime) -> str:
    """Morning until noon, afternoon until 17:00, then evening, by the clinic's clocks."""
    return parts_of_day.part_of_day(instant, g.clinic.timezone)


def hold_seconds() -> int | None:
    """How long a hold lasts when the settings say so for every clinic; None: as the clinic says."""
    return current_app.config["SETTINGS"].booking_expiry_seconds  # type: ignore[no-any-return]
