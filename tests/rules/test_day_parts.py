from datetime import UTC, date, datetime, timedelta

from webapp.rules.day_parts import from_then_on, merged, stretches
from webapp.rules.slots import Span
from webapp.rules.walk_in import earliest_start

BERLIN = "Europe/Berlin"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2031, 3, day, hour, minute, tzinfo=UTC)


def test_whole_days_and_parts_of_them():
    monday = {"weekdays": (), "zone": BERLIN}
    assert stretches(date(2031, 3, 3), 1, part="", **monday) == [Span(at(2, 23), at(3, 23))]
    assert stretches(date(2031, 3, 3), 1, part="morning", **monday) == [Span(at(2, 23), at(3, 11))]
    assert stretches(date(2031, 3, 3), 1, part="afternoon", **monday) == [Span(at(3, 11), at(3, 16))]
    assert stretches(date(2031, 3, 3), 1, part="evening", **monday) == [Span(at(3, 16), at(3, 23))]


def test_only_the_weekdays_that_are_named():
    found = stretches(date(2031, 3, 3), 14, weekdays={1}, part="afternoon", zone="UTC")
    assert found == [Span(at(4, 12), at(4, 17)), Span(at(11, 12), at(11, 17))]


def test_on_the_day_the_clocks_change():
    (found,) = stretches(date(2031, 3, 30), 1, weekdays=(), part="morning", zone=BERLIN)
    assert found.end - found.start == timedelta(hours=11)


def test_what_is_over_is_left_out():
    spans = [Span(at(3, 8), at(3, 12)), Span(at(4, 8), at(4, 12)), Span(at(5, 8), at(5, 12))]
    assert from_then_on(spans, at(4, 10)) == [Span(at(4, 10), at(4, 12)), spans[2]]


def test_stretches_that_touch_become_one():
    spans = [Span(at(4, 8), at(4, 9)), Span(at(3, 8), at(3, 12)), Span(at(4, 9), at(4, 10)), Span(at(3, 9), at(3, 10))]
    assert merged(spans) == [Span(at(3, 8), at(3, 12)), Span(at(4, 8), at(4, 10))]
    assert merged(spans, timedelta(hours=12)) == [Span(at(2, 20), at(4, 22))]


def test_a_visit_that_has_begun_must_have_half_its_time_left():
    assert earliest_start(at(3, 10, 15), 30) == at(3, 10)
