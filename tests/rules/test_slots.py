"""Cutting opening hours into slots. The expectations for clock changes are written out: wall clock, and UTC."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.core.timezones import day_bounds, first_instant, last_instant, to_wall
from webapp.rules.slots import Interval, Span, clear_of, cut, slots_of_day

MONDAY = date(2031, 3, 3)


def hours(opens: str, closes: str, minutes: int, *, day: date = MONDAY, **more) -> Interval:
    return Interval(day.weekday(), time.fromisoformat(opens), time.fromisoformat(closes), minutes, **more)


def starts(day: str, opens: str, closes: str, minutes: int, zone: str) -> list[str]:
    """Wall clock and UTC of each slot's start, such as 09:00=16@07:00 on the 16th."""
    local = date.fromisoformat(day)
    spans = cut(hours(opens, closes, minutes, day=local), local, zone)
    assert all(span.end - span.start == timedelta(minutes=minutes) for span in spans)
    return [f"{to_wall(span.start, zone):%H:%M}={span.start:%d@%H:%M}" for span in spans]


def test_an_ordinary_morning():
    assert starts("2025-06-16", "09:00", "10:30", 30, "Europe/Berlin") == [
        "09:00=16@07:00",
        "09:30=16@07:30",
        "10:00=16@08:00",
    ]


def test_what_does_not_fit_is_left_out():
    assert starts("2025-06-16", "09:00", "10:29", 30, "UTC") == ["09:00=16@09:00", "09:30=16@09:30"]


def test_midnight_is_the_end_of_the_day():
    assert starts("2025-06-16", "23:00", "00:00", 30, "UTC") == ["23:00=16@23:00", "23:30=16@23:30"]


# what happens: (day, opens, closes, minutes, zone), then each slot's start by the wall clock and in UTC (day, time)
CHANGES = {
    "Berlin skips 02:00 to 03:00": (
        ("2025-03-30", "01:00", "04:00", 30, "Europe/Berlin"),
        "01:00=30@00:00 01:30=30@00:30 03:00=30@01:00 03:30=30@01:30",
    ),
    "an hour that begins before the gap lasts an hour all the same": (
        ("2025-03-30", "01:30", "04:30", 60, "Europe/Berlin"),
        "01:30=30@00:30 03:30=30@01:30",
    ),
    "Berlin shows 02:00 to 03:00 twice": (
        ("2025-10-26", "01:30", "03:30", 30, "Europe/Berlin"),
        "01:30=25@23:30 02:00=26@00:00 02:30=26@00:30 02:00=26@01:00 02:30=26@01:30 03:00=26@02:00",
    ),
    "an hour that reaches over the change leaves no second start inside it": (
        ("2025-10-26", "01:30", "04:30", 60, "Europe/Berlin"),
        "01:30=25@23:30 02:30=26@00:30 02:30=26@01:30 03:30=26@02:30",
    ),
    "New York skips 02:00 to 03:00": (
        ("2025-03-09", "01:00", "04:00", 60, "America/New_York"),
        "01:00=09@06:00 03:00=09@07:00",
    ),
    "New York shows 01:00 to 02:00 twice": (
        ("2025-11-02", "00:00", "03:00", 60, "America/New_York"),
        "00:00=02@04:00 01:00=02@05:00 01:00=02@06:00 02:00=02@07:00",
    ),
    "Lord Howe skips half an hour": (
        ("2025-10-05", "01:00", "04:00", 30, "Australia/Lord_Howe"),
        "01:00=04@14:30 01:30=04@15:00 02:30=04@15:30 03:00=04@16:00 03:30=04@16:30",
    ),
    "Lord Howe repeats half an hour": (
        ("2025-04-06", "01:00", "03:00", 30, "Australia/Lord_Howe"),
        "01:00=05@14:00 01:30=05@14:30 01:30=05@15:00 02:00=05@15:30 02:30=05@16:00",
    ),
    "which leaves ten minutes idle on a grid of twenty": (
        ("2025-04-06", "01:00", "02:20", 20, "Australia/Lord_Howe"),
        "01:00=05@14:00 01:20=05@14:20 01:40=05@14:40 01:40=05@15:10 02:00=05@15:30",
    ),
    "Casablanca goes back for Ramadan": (
        ("2025-02-23", "01:00", "04:00", 60, "Africa/Casablanca"),
        "01:00=23@00:00 02:00=23@01:00 02:00=23@02:00 03:00=23@03:00",
    ),
    "and forward after it": (
        ("2025-04-06", "01:00", "04:00", 60, "Africa/Casablanca"),
        "01:00=06@01:00 03:00=06@02:00",
    ),
    "a day in Beirut that begins at one o'clock": (
        ("2025-03-30", "00:00", "02:00", 30, "Asia/Beirut"),
        "01:00=29@22:00 01:30=29@22:30",
    ),
    "an evening in Beirut with its last hour twice": (
        ("2025-10-25", "22:00", "00:00", 60, "Asia/Beirut"),
        "22:00=25@19:00 23:00=25@20:00 23:00=25@21:00",
    ),
    "an evening in Santiago with its last hour twice": (
        ("2025-04-05", "22:30", "00:00", 30, "America/Santiago"),
        "22:30=06@01:30 23:00=06@02:00 23:30=06@02:30 23:00=06@03:00 23:30=06@03:30",
    ),
    "an evening in Havana ends at midnight though midnight comes twice": (
        ("2025-11-01", "20:30", "00:00", 60, "America/Havana"),
        "20:30=02@00:30 21:30=02@01:30 22:30=02@02:30",
    ),
    "a night in Havana with its first hour twice": (
        ("2025-11-02", "00:00", "02:00", 60, "America/Havana"),
        "00:00=02@04:00 00:00=02@05:00 01:00=02@06:00",
    ),
    "a day that Apia never had": (
        ("2011-12-30", "00:00", "00:00", 60, "Pacific/Apia"),
        "",
    ),
    "the evening before it": (
        ("2011-12-29", "22:00", "00:00", 60, "Pacific/Apia"),
        "22:00=30@08:00 23:00=30@09:00",
    ),
    "and the morning after": (
        ("2011-12-31", "00:00", "02:00", 60, "Pacific/Apia"),
        "00:00=30@10:00 01:00=30@11:00",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_when_the_clocks_change(change):
    given_hours, expected = CHANGES[change]
    assert starts(*given_hours) == expected.split()


def at(text: str) -> datetime:
    return datetime.combine(MONDAY, time.fromisoformat(text), UTC)


def test_only_the_days_own_hours_count():
    other_day = Interval(1, time(9), time(12), 60)
    over = hours("09:00", "12:00", 60, valid_until=MONDAY - timedelta(days=1))
    not_yet = hours("09:00", "12:00", 60, valid_from=MONDAY + timedelta(days=1))
    assert slots_of_day([other_day, over, not_yet], [], MONDAY, "UTC") == []


def test_the_first_and_the_last_day_are_included():
    today = hours("09:00", "10:00", 60, valid_from=MONDAY, valid_until=MONDAY)
    assert [span.start for span, _ in slots_of_day([today], [], MONDAY, "UTC")] == [at("09:00")]


def test_closures_take_what_they_touch():
    shut = [Span(at("10:30"), at("11:00")), Span(at("12:00"), at("12:00") + timedelta(microseconds=1))]
    found = slots_of_day([hours("09:00", "13:00", 60)], shut, MONDAY, "UTC")
    assert [span.start for span, _ in found] == [at("09:00"), at("11:00")]


def test_earlier_hours_win_where_two_overlap():
    early, late = hours("09:00", "11:00", 60, capacity=4), hours("10:30", "12:30", 30)
    found = slots_of_day([late, early], [], MONDAY, "UTC")
    assert [(span.start, of.capacity) for span, of in found] == [
        (at("09:00"), 4), (at("10:00"), 4), (at("11:00"), 1), (at("11:30"), 1), (at("12:00"), 1)
    ]  # fmt: skip


# Days around every clock change above, and a few ordinary ones.
DAYS = [
    (zone, date.fromisoformat(day) + timedelta(days=offset))
    for zone, *days in (
        ("UTC", "2025-06-15"),
        ("Europe/Berlin", "2025-03-30", "2025-10-26"),
        ("America/New_York", "2025-03-09", "2025-11-02"),
        ("Australia/Lord_Howe", "2025-04-06", "2025-10-05"),
        ("Africa/Casablanca", "2025-02-23", "2025-04-06"),
        ("Asia/Beirut", "2025-03-30", "2025-10-26"),
        ("America/Santiago", "2025-04-06", "2025-09-07"),
        ("America/Havana", "2025-03-09", "2025-11-02"),
        ("Pacific/Apia", "2011-12-30"),
    )
    for day in days
    for offset in (-1, 0, 1)
]

minutes_of_day = st.integers(0, 24 * 4 - 1).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
intervals = st.tuples(minutes_of_day, minutes_of_day, st.sampled_from([5, 7, 15, 20, 30, 45, 60, 90, 240])).filter(
    lambda row: row[0] < row[1] or row[1] == time()
)


@given(place=st.sampled_from(DAYS), rows=st.lists(intervals, max_size=4))
def test_slots_never_overlap_and_last_their_full_minutes(place, rows):
    zone, day = place
    found = slots_of_day([Interval(day.weekday(), *row) for row in rows], [], day, zone)
    spans = [span for span, _ in found]
    assert spans == sorted(spans)
    assert not any(one.overlaps(other) for one, other in pairwise(spans))
    assert all(span.end - span.start == timedelta(minutes=of.slot_minutes) for span, of in found)


@given(place=st.sampled_from(DAYS), row=intervals)
@example(place=("America/Havana", date(2025, 11, 1)), row=(time(20, 30), time(), 60))  # midnight comes twice
def test_slots_lie_inside_their_hours_and_their_day(place, row):
    zone, day = place
    opens, closes, minutes = row
    since, until = day_bounds(day, zone)
    first = first_instant(datetime.combine(day, opens), zone)
    last = min(until, last_instant(datetime.combine(day, closes), zone)) if closes != time() else until
    for span in cut(Interval(day.weekday(), opens, closes, minutes), day, zone):
        assert max(since, first) <= span.start
        assert span.end <= last


@given(place=st.sampled_from(DAYS), row=intervals)
def test_slots_start_on_the_grid_of_the_wall_clock(place, row):
    zone, day = place
    opens, closes, minutes = row
    for span in cut(Interval(day.weekday(), opens, closes, minutes), day, zone):
        shown = to_wall(span.start, zone).replace(tzinfo=None)
        assert shown.date() == day
        assert (shown - datetime.combine(day, opens)) % timedelta(minutes=minutes) == timedelta()


@given(row=intervals, day=st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_an_ordinary_day_leaves_no_room_for_another_slot(row, day):
    opens, closes, minutes = row
    until = datetime.combine(day + timedelta(days=closes == time()), closes)
    room = (until - datetime.combine(day, opens)) // timedelta(minutes=minutes)
    assert len(cut(Interval(day.weekday(), opens, closes, minutes), day, "UTC")) == room


@given(place=st.sampled_from(DAYS), row=intervals, since=minutes_of_day, length=st.integers(1, 600))
def test_no_slot_lies_in_a_closure(place, row, since, length):
    zone, day = place
    start = first_instant(datetime.combine(day, since), zone)
    closure = Span(start, start + timedelta(minutes=length))
    interval = Interval(day.weekday(), *row)
    every = {span for span, _ in slots_of_day([interval], [], day, zone)}
    kept = {span for span, _ in slots_of_day([interval], [closure], day, zone)}
    assert kept == {span for span in every if span.end <= closure.start or span.start >= closure.end}


spans = st.builds(
    lambda start, minutes: Span(
        at("08:00") + timedelta(minutes=start), at("08:00") + timedelta(minutes=start + minutes)
    ),
    st.integers(0, 60),
    st.integers(1, 30),
)


@given(st.lists(spans, max_size=8), st.lists(spans, max_size=8))
@example([Span(at("08:00"), at("10:00")), Span(at("08:10"), at("08:20"))], [Span(at("09:00"), at("09:30"))])
@example([Span(at("08:00"), at("08:30"))], [Span(at("08:30"), at("09:00"))])
def test_what_is_clear_of_all_that_stands(standing, wanted):
    clear = [span for span in sorted(wanted) if not any(span.overlaps(other) for other in standing)]
    assert clear_of(standing, wanted) == clear


class Instant(datetime):
    """One that counts how often two are compared."""

    compared = 0

    def counted(compare):  # noqa: N805 - stands in for each of the four below
        def method(self, other):
            Instant.compared += 1
            return compare(self, other)

        return method

    __lt__, __gt__ = counted(datetime.__lt__), counted(datetime.__gt__)
    __le__, __ge__ = counted(datetime.__le__), counted(datetime.__ge__)


def test_a_year_of_slots_is_not_compared_each_with_each():
    first = Instant(2031, 3, 3, tzinfo=UTC)
    year = [Span(first + timedelta(minutes=10 * n), first + timedelta(minutes=10 * n + 10)) for n in range(2000)]
    assert clear_of(year[:1990], year) == year[1990:]
    assert 0 < Instant.compared < 100_000
