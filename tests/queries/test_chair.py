"""The times of the clinic's own single chair."""

from datetime import time, timedelta

import pytest

from tests.conftest import DAY, colleague, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.queries.chair import day_times
from webapp.rules.slots import Interval
from webapp.services.appointments import cancel
from webapp.services.booking import book, book_at, hold
from webapp.services.hours import add_closure, set_opening_hours

ASKED = {"actor": "api", "source": "API"}
HOUR = timedelta(hours=1)
NINE = DAY + 9 * HOUR


@pytest.fixture
def chair(within):
    set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(12), 60)])
    return within


def times(day=None, zone: str = "UTC") -> tuple[list, list]:
    """All and free times of the day, as hours after nine."""
    return tuple([(span.start - NINE) / HOUR for span in spans] for spans in day_times(day or DAY.date(), zone))


def test_its_hours(chair):
    assert times() == ([0, 1, 2], [0, 1, 2])


def test_less_what_is_booked(chair):
    made = book_at(start=NINE + HOUR, end=NINE + 2 * HOUR, **ASKED)
    assert times() == ([0, 1, 2], [0, 2])
    cancel(appointment_id=made.id, actor="api")
    assert times() == ([0, 1, 2], [0, 1, 2])


@pytest.mark.parametrize(("minutes", "free"), [(0, [1, 2]), (59, [1, 2]), (60, [0, 2]), (-1, [0, 1, 2])])
def test_or_touched_by_an_instant(chair, minutes, free):
    book_at(start=NINE + timedelta(minutes=minutes), end=None, **ASKED)
    assert times()[1] == free


def test_an_overdue_hold_never_shows_as_taken(chair, records):
    records.rows(
        """INSERT INTO appointments (tenant_id, start_time, end_time, status, expires_at)
           VALUES (:tenant, :start, :end, 'HOLD', clock_timestamp() - interval '1 second')""",
        tenant=chair.id, start=NINE, end=NINE + HOUR,
    )  # fmt: skip
    assert times()[1] == [0, 1, 2]
    assert book_at(start=NINE, end=NINE + HOUR, **ASKED).status == "CONFIRMED"


def test_less_closures(chair):
    add_closure(specialist_id=None, start=NINE, end=NINE + 1.5 * HOUR)
    assert times() == ([2], [2])


def test_a_specialists_closure_is_their_own(chair):
    add_closure(specialist_id=chair.specialist_id, start=NINE, end=NINE + HOUR)
    assert times()[1] == [0, 1, 2]


def test_on_another_day_it_is_closed(chair):
    assert times(DAY.date() + timedelta(days=1)) == ([], [])


def test_the_day_is_the_clinics_own(app):
    berlin = make_clinic("spree", timezone="Europe/Berlin")
    with tenant_scope(berlin.id):
        set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(12), 60)])
        assert times(zone="Europe/Berlin")[0] == [-1, 0, 1]


def test_without_hours_of_its_own_the_specialists_times_count(within, records):
    ruth = colleague(within)
    mine = within.slot(NINE, minutes=60)
    theirs = ruth.slot(NINE, minutes=60)
    ruth.slot(NINE + HOUR, minutes=60)
    book(slot_id=mine, **ASKED)
    assert times() == ([0, 1], [0, 1])
    held = hold(slot_id=theirs, **ASKED)
    assert times() == ([0, 1], [1])
    records.run_out(held.id)
    assert times() == ([0, 1], [0, 1])


def test_not_of_who_left(within, records):
    within.slot(NINE)
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    assert times() == ([], [])


def test_another_clinics_bookings_do_not_count(chair, other_clinic):
    with tenant_scope(other_clinic.id):
        set_opening_hours(specialist_id=None, intervals=[Interval(0, time(9), time(12), 60)])
        book_at(start=NINE, end=NINE + HOUR, **ASKED)
    assert times()[1] == [0, 1, 2]
