"""How times, days and signs look in templates. Instants are UTC; what is shown is the clinic's wall clock."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time, get_day_names, get_timezone_name
from flask import Flask, g, request, url_for
from flask_babel import get_locale, ngettext
from markupsafe import Markup

from webapp.core.timezones import day_bounds, is_repeated, local_day, to_wall, utc_now, zone_label
from webapp.queries.day import initials
from webapp.rules.parties import wait_between
from webapp.rules.references import reference

_TERRITORIES = get_global("zone_territories")


def init_app(app: Flask) -> None:
    for show in (
        clock,
        clock_range,
        weekday,
        day_full,
        day_long,
        day_short,
        day_near,
        month_name,
        moment,
        minutes,
        day_of_instant,
    ):
        app.add_template_filter(show)
    app.add_template_filter(reference, "reference")
    app.add_template_filter(initials)
    app.add_template_filter(lambda times: wait_between(times) // timedelta(minutes=1), "wait_between")
    app.add_template_filter(shown_name)
    app.add_template_global(names_hidden)
    app.add_template_global(icon)
    app.add_template_global(zone_name)


def clock(instant: datetime) -> str:
    """The time of day; with the zone's abbreviation when the clocks show this time twice that day."""
    zone = g.clinic.timezone
    wall = to_wall(instant, zone)
    text = clock_text(wall.hour, wall.minute, str(get_locale()))
    return f"{text} {zone_label(instant, zone)}" if is_repeated(instant, zone) else text


@lru_cache(maxsize=8192)
def clock_text(hour: int, minute: int, locale: str) -> str:
    """A wall-clock time in a locale's short form; remembered, because a day page shows hundreds."""
    return format_time(datetime(2000, 1, 1, hour, minute), "short", locale=locale)  # noqa: DTZ001 - a clock face only


def clock_range(start: datetime, end: datetime | None) -> str:
    return f"{clock(start)} – {clock(end)}" if end else clock(start)


def day_of_instant(instant: datetime) -> date:
    return local_day(instant, g.clinic.timezone)


def weekday(day: date) -> str:
    """Monday."""
    return format_date(day, "EEEE", locale=get_locale())


def day_full(day: date) -> str:
    """Monday, 15 June 2026."""
    return format_date(day, "full", locale=get_locale())


def day_long(day: date) -> str:
    """15 June 2026."""
    return format_date(day, "long", locale=get_locale())


def day_short(day: date) -> str:
    """15 June."""
    return format_skeleton("MMMMd", day, locale=get_locale())


def day_near(day: date) -> str:
    """Mon, 15 Jun."""
    return format_skeleton("MMMEd", day, locale=get_locale())


def month_name(day: date) -> str:
    """June; with its year where that is another than this day's at the clinic."""
    this_year = local_day(utc_now(), g.clinic.timezone).year
    return format_date(day, "LLLL" if day.year == this_year else "LLLL y", locale=get_locale())


def moment(instant: datetime) -> str:
    """Day and time, for history."""
    locale = get_locale() or Locale("en")
    day = format_date(day_of_instant(instant), "medium", locale=locale)
    return str(locale.datetime_formats["medium"]).replace("{1}", day).replace("{0}", clock(instant))


def weekday_names() -> list[tuple[int, str]]:
    """The days of a week in the order the reader expects; Monday is 0."""
    locale = get_locale()
    names = get_day_names("wide", context="stand-alone", locale=locale)
    return [(day % 7, names[day % 7]) for day in range(locale.first_week_day, locale.first_week_day + 7)]


def minutes(count: int) -> str:
    """30 minutes; some languages have several words for them."""
    return str(ngettext("%(num)s minute", "%(num)s minutes", count))


def zone_name() -> str:
    """The clinic's time zone in words; one of no country, such as UTC, has no name but its standard time's."""
    zone = g.clinic.timezone
    variant: Literal["generic", "standard"] = "standard" if _TERRITORIES.get(zone, "ZZ") == "ZZ" else "generic"
    return get_timezone_name(zone, width="long", zone_variant=variant, locale=get_locale())


def icon(name: str) -> Markup:
    """A sign of the sprite; it never speaks, the words beside it do."""
    sprite = g.get("icons")
    if sprite is None:
        g.icons = sprite = url_for("static", filename="icons.svg")
    return _sign(sprite, name)


@lru_cache(maxsize=256)
def _sign(sprite: str, name: str) -> Markup:
    return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
        sprite, name
    )


def clocks_of(day: date) -> Callable[[datetime], str]:
    """clock() for the instants of one day, without asking each whether its hour comes twice when none does."""
    zone, locale = g.clinic.timezone, str(get_locale())
    since, until = day_bounds(day, zone)
    if until - since > timedelta(days=1):
        return clock

    def plain(instant: datetime) -> str:
        wall = to_wall(instant, zone)
        return clock_text(wall.hour, wall.minute, locale)

    return plain


def names_hidden() -> bool:
    """Does whoever looks at the desk want names hidden from those behind them? One page can be asked for with them."""
    person = g.get("person")
    return bool(person and person.settings.hide_names and request.args.get("names") != "1")


def shown_name(full_name: str | None) -> str:
    """The name, or its initials while names are hidden."""
    if not full_name or not names_hidden():
        return full_name or ""
    return initials(full_name) or "–"
