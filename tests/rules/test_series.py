"""When the visits of a series are: the first one's time of day, whatever the clocks do in between."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.errors import InvalidInput
from webapp.core.timezones import to_wall
from webapp.rules.series import Occurrence, Pattern, occurrences

BERLIN = "Europe/Berlin"


def at(year, month, day, hour, minute=0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def days_of(found: list[Occurrence], zone: str = BERLIN) -> list[date]:
    return [to_wall(one.start, zone).date() for one in found]


def test_every_other_week():
    found = occurrences(at(2031, 3, 3, 8), Pattern(2, 3), "UTC")
    assert found == [
        Occurrence(1, at(2031, 3, 3, 8)),
        Occurrence(2, at(2031, 3, 17, 8)),
        Occurrence(3, at(2031, 3, 31, 8)),
    ]


def test_the_time_of_day_stays_when_the_clocks_change():
    found = occurrences(at(2031, 3, 24, 8), Pattern(1, 2), BERLIN)
    assert [one.start for one in found] == [at(2031, 3, 24, 8), at(2031, 3, 31, 7)]
    assert {to_wall(one.start, BERLIN).hour for one in found} == {9}


def test_on_chosen_weekdays_the_first_one_counts():
    """Wednesday; Mondays and Thursdays every second week: the Monday of its own week is over."""
    found = occurrences(at(2031, 3, 5, 8), Pattern(2, 5, frozenset({0, 3})), BERLIN)
    assert days_of(found) == [
        date(2031, 3, 5),
        date(2031, 3, 6),
        date(2031, 3, 17),
        date(2031, 3, 20),
        date(2031, 3, 31),
    ]


def test_a_time_the_clocks_skip_is_said():
    _, skipped, after = occurrences(at(2031, 3, 23, 1, 30), Pattern(1, 3), BERLIN)  # 02:30
    assert (skipped.change, to_wall(skipped.start, BERLIN).hour) == ("GAP", 3)
    assert (after.change, to_wall(after.start, BERLIN).hour) == ("", 2)


def test_of_a_time_shown_twice_the_first_is_meant_and_said():
    _, twice = occurrences(at(2031, 10, 19, 0, 30), Pattern(1, 2), BERLIN)  # 02:30
    assert (twice.change, twice.start) == ("FOLD", at(2031, 10, 26, 0, 30))


@pytest.mark.parametrize(
    ("pattern", "field"),
    [
        (Pattern(0, 3), "interval"),
        (Pattern(53, 3), "interval"),
        (Pattern(1, 1), "count"),
        (Pattern(1, 53), "count"),
        (Pattern(1, 3, frozenset({7})), "day"),
    ],
)
def test_patterns_nobody_can_mean(pattern, field):
    with pytest.raises(InvalidInput) as caught:
        occurrences(at(2031, 3, 3, 8), pattern, BERLIN)
    assert caught.value.field == field


def test_the_calendar_ends():
    with pytest.raises(InvalidInput):
        occurrences(at(2199, 12, 2, 8), Pattern(4, 3), BERLIN)


@given(
    first=st.integers(0, 9 * 366 * 24 * 60).map(lambda minutes: at(2026, 1, 1, 0) + timedelta(minutes=minutes)),
    interval=st.integers(1, 8),
    count=st.integers(2, 52),
    days=st.frozensets(st.integers(0, 6)),
    zone=st.sampled_from([BERLIN, "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
)
def test_whatever_is_asked(first, interval, count, days, zone):
    found = occurrences(first, Pattern(interval, count, days), zone)
    assert [one.number for one in found] == list(range(1, count + 1))
    assert found[0].start == first
    walls = [to_wall(one.start, zone) for one in found]
    assert all(a < b for a, b in zip(days_of(found, zone), days_of(found, zone)[1:], strict=False))
    assert {w.time() for w, one in zip(walls, found, strict=True) if one.change != "GAP"} == {walls[0].time()}
    assert {w.weekday() for w in walls[1:]} <= (days or {walls[0].weekday()})
    mondays = {w.date() - timedelta(days=w.weekday()) for w in walls}
    assert all((monday - min(mondays)).days % (7 * interval) == 0 for monday in mondays)
