from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from webapp.rules.parties import most_together, wait_between

NINE = datetime(2031, 3, 3, 9, tzinfo=UTC)


def lasting(start: int, end: int) -> SimpleNamespace:
    return SimpleNamespace(start=NINE + timedelta(minutes=start), end=NINE + timedelta(minutes=end))


def test_the_wait_is_what_nobody_is_seen_in():
    assert wait_between([]) == timedelta()
    assert wait_between([lasting(0, 30), lasting(30, 60)]) == timedelta()
    assert wait_between([lasting(0, 30), lasting(0, 30), lasting(10, 20)]) == timedelta()
    assert wait_between([lasting(90, 120), lasting(0, 30), lasting(40, 60)]) == timedelta(minutes=40)


def test_as_many_together_as_a_person_may_have():
    assert [most_together(cap) for cap in (None, 1, 3, 100)] == [4, 1, 3, 4]
