"""A series before it is booked: Mondays at nine, with the reason wherever one of them cannot be had."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague, make_clinic, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.queries.availability import find_type, wanted_for
from webapp.queries.series import outlook, series_of
from webapp.rules.fitting import Wanted
from webapp.rules.series import Occurrence, Pattern, occurrences
from webapp.services.booking import Key, book, hold
from webapp.services.hours import add_closure
from webapp.services.series import book_series
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "DESK"}
NINE, WEEK = DAY + timedelta(hours=9), timedelta(weeks=1)
HALF_AN_HOUR = Wanted(30)


@pytest.fixture
def mondays(within):
    return [within.slot(NINE + number * WEEK) for number in range(3)]


def look(within, *, wanted=HALF_AN_HOUR, visits=None, now=DAY, patient=True):
    return outlook(
        visits or occurrences(NINE, Pattern(1, 3), "UTC")[1:],
        wanted=wanted,
        specialist_id=within.specialist_id,
        patient_id=within.pat if patient else None,
        now=now,
    )


def test_free_ones(within, mondays):
    assert [(one.free.slot_id, one.why, one.near) for one in look(within)] == [(slot, "", []) for slot in mondays[1:]]


def test_taken_with_what_is_near(within, mondays):
    near = [within.slot(NINE + WEEK, after=after) for after in (-30, 30, 60)]
    within.slot(NINE + WEEK + timedelta(days=4))
    book(slot_id=mondays[1], **ASKED)
    taken, free = look(within)
    assert (taken.why, [time.slot_id for time in taken.near]) == ("TAKEN", near)
    assert free.free.slot_id == mondays[2]


def test_four_alternatives_at_most_the_nearest(within, mondays):
    book(slot_id=mondays[1], **ASKED)
    near = [within.slot(NINE + WEEK, after=30 * n) for n in range(1, 7)]
    assert [time.slot_id for time in look(within)[0].near] == near[:4]


def test_held_closed_and_too_short(within, mondays):
    first_visit = add_type(name="First visit", minutes=60, specialist_ids=[within.specialist_id])
    hold(slot_id=mondays[1], **ASKED)
    visits = occurrences(NINE, Pattern(1, 4), "UTC")[1:]
    found = look(within, wanted=wanted_for(find_type(first_visit)), visits=visits)
    assert [one.why for one in found] == ["HELD", "TOO_SHORT", "CLOSED"]


@pytest.mark.parametrize("whose", ["the specialist's", "the clinic's"])
def test_a_closure_on_a_time_is_closed_not_taken(within, mondays, whose):
    away = within.specialist_id if whose == "the specialist's" else None
    add_closure(specialist_id=away, start=NINE + WEEK, end=NINE + WEEK + timedelta(minutes=10), reason="Congress")
    assert [one.why for one in look(within)] == ["CLOSED", ""]


def test_the_patient_is_elsewhere(within, mondays):
    ruth = colleague(within)
    book(slot_id=ruth.slot(NINE + WEEK, after=15), patient_id=within.pat, **ASKED)
    beside = [within.slot(NINE + WEEK, after=after) for after in (30, 60)]
    found = look(within)[0]
    assert (found.why, [time.slot_id for time in found.near]) == ("BUSY", beside[1:])
    assert look(within, patient=False)[0].why == ""


def test_a_time_the_clocks_skip_is_not_booked_an_hour_later(within, mondays):
    (found,) = look(within, visits=[Occurrence(2, NINE + WEEK, "GAP")])
    assert (found.free, found.why) == (None, "GAP")
    assert [time.slot_id for time in found.near] == [mondays[1]]


def test_what_is_over_is_no_alternative(within, mondays):
    book(slot_id=mondays[1], **ASKED)
    within.slot(NINE + WEEK, after=-60)
    later = within.slot(NINE + WEEK, after=60)
    assert [time.slot_id for time in look(within, now=NINE + WEEK)[0].near] == [later]


def test_the_number_of_statements_does_not_grow(within, mondays):
    book(slot_id=mondays[1], **ASKED)
    with statements_read() as few:
        look(within)
    with statements_read() as many:
        look(within, visits=occurrences(NINE, Pattern(1, 52), "UTC")[1:])
    assert len(few) == len(many) <= 5


def test_the_visits_of_a_series(within, mondays):
    first = book(slot_id=mondays[0], patient_id=within.pat, **ASKED)
    made = book_series(
        appointment_id=first.id, version=1, slot_ids=mondays[1:], actor="test", key=Key("series:a", "asked")
    )
    for one in made.visits:
        assert [visit.id for visit in series_of(one)] == made.visits
    with tenant_scope(make_clinic("mallory").id):
        assert series_of(first.id) == []


def test_an_appointment_of_none(within, mondays):
    assert series_of(book(slot_id=mondays[0], **ASKED).id) == []
