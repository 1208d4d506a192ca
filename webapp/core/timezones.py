"""The only place that knows zones: local days to UTC bounds, UTC to wall clock, gaps and folds of clock changes.

Instants are aware datetimes in UTC; wall-clock times are naive datetimes. ``zone`` is always an IANA name.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from webapp.core.errors import N_, InvalidInput


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    if name not in known_zones():
        raise InvalidInput(N_("“%(zone)s” is not a time zone. Use a name such as Europe/Berlin."), zone=name)
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def require_zone(name: str) -> None:
    """Raise InvalidInput unless the name is an IANA time zone."""
    _zone(name)


def utc_now() -> datetime:
    return datetime.now(UTC)


def instants(wall: datetime, zone: str) -> tuple[datetime, ...]:
    """Every instant at which the clocks show ``wall``: none in a gap, two in a fold, else one; in order."""
    tz = _zone(zone)
    found = []
    for fold in (0, 1):
        instant = wall.replace(tzinfo=tz, fold=fold).astimezone(UTC)
        if instant.astimezone(tz).replace(tzinfo=None) == wall and instant not in found:
            found.append(instant)
    return tuple(sorted(found))


def first_instant(wall: datetime, zone: str) -> datetime:
    """The first instant at or after which the clocks show ``wall``; inside a gap, the moment the gap ends."""
    return (instants(wall, zone) or (_after_gap(wall, zone),))[0]


def last_instant(wall: datetime, zone: str) -> datetime:
    """The last instant at which the clocks show ``wall``; inside a gap, the moment the gap ends."""
    return (instants(wall, zone) or (_after_gap(wall, zone),))[-1]


def _after_gap(wall: datetime, zone: str) -> datetime:
    tz = _zone(zone)
    before, after = (wall.replace(tzinfo=tz, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    # Read with the offset from before the gap, the wall time overshoots the change by as much as it lies in the gap.
    start = wall.replace(tzinfo=UTC) - max(before, after)
    end = wall.replace(tzinfo=UTC) - min(before, after)
    while end - start > timedelta(seconds=1):
        middle = start + (end - start) / 2
        if middle.astimezone(tz).utcoffset() == start.astimezone(tz).utcoffset():
            start = middle
        else:
            end = middle
    return end.replace(microsecond=0)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The half-open UTC range of a local day; 23 or 25 hours where the clocks change."""
    return span_bounds(day, day, zone)


def span_bounds(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The half-open UTC range of the local days from ``first`` to ``last``, both included."""
    return (
        first_instant(datetime.combine(first, time()), zone),
        first_instant(datetime.combine(last + timedelta(days=1), time()), zone),
    )


def to_wall(instant: datetime, zone: str) -> datetime:
    """What the clocks show: aware, in the zone."""
    return instant.astimezone(_zone(zone))


def local_day(instant: datetime, zone: str) -> date:
    return to_wall(instant, zone).date()


def is_repeated(instant: datetime, zone: str) -> bool:
    """Do the clocks show this time twice that day?"""
    return len(instants(to_wall(instant, zone).replace(tzinfo=None), zone)) == 2


def zone_label(instant: datetime, zone: str) -> str:
    """The abbreviation in force, to tell the two passes of a repeated hour apart: CEST and CET."""
    return to_wall(instant, zone).tzname() or ""


def parse_instant(text: str, *, field: str) -> datetime:
    """An ISO 8601 instant with an offset, between 1900 and 2199, as UTC; InvalidInput names the field otherwise."""
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None or not 1900 <= instant.year < 2200:
            raise ValueError
        return instant.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise InvalidInput(
            N_("%(name)s must be a time with its offset from UTC, such as 2026-06-15T10:00:00Z."),
            field=field,
            name=field,
        ) from None


def parse_day(text: str) -> date | None:
    """A date written YYYY-MM-DD between the years 1900 and 2199, or None."""
    try:
        if not (len(text) == 10 and text.isascii() and text[4] == text[7] == "-" and 1900 <= int(text[:4]) < 2200):
            return None
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        return None


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC, ending in Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
