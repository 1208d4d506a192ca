"""A single slot, by the clinic's clocks, gaps and folds included."""

from datetime import UTC, datetime

import pytest

VALID = {"slot-day": "2031-03-03", "slot-opens": "09:00", "slot-closes": "09:45", "slot-capacity": "1"}


@pytest.fixture(autouse=True)
def _in_berlin(clinic, records):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=clinic.id)


def add(alice, **fields):
    alice.csrf()
    return alice.post(f"/admin/specialists/{alice.clinic.specialist_id}/slots", VALID | fields)


def slots(records, clinic):
    statement = "SELECT * FROM time_slots WHERE tenant_id = :id ORDER BY start_time"
    return [(row.start_time, row.end_time, row.capacity) for row in records.rows(statement, id=clinic.id)]


def test_times_are_the_clinics(alice, clinic, records):
    assert "The slot was added." in add(alice, **{"slot-capacity": "8"}).text
    expected = (datetime(2031, 3, 3, 8, tzinfo=UTC), datetime(2031, 3, 3, 8, 45, tzinfo=UTC), 8)
    assert slots(records, clinic) == [expected]


def test_a_time_the_clocks_skip_is_refused_in_words(alice, clinic, records):
    page = add(alice, **{"slot-day": "2031-03-30", "slot-opens": "02:30", "slot-closes": "03:30"})
    assert page.status == 400
    assert page.problems == ["The clocks skip this time on that day. Choose a time before or after the change."]
    assert slots(records, clinic) == []


@pytest.mark.parametrize(("which", "hour"), [("first", 0), ("second", 1)])
def test_a_time_the_clocks_show_twice_is_asked_about(alice, clinic, records, which, hour):
    fold = {"slot-day": "2031-10-26", "slot-opens": "02:10", "slot-closes": "02:40"}
    page = add(alice, **fold)
    assert page.problems == ["The clocks show this time twice on that day. Say which one you mean."]
    page = alice.submit(page, "/slots", **fold, **{"slot-which": which})
    assert page.status == 200
    assert slots(records, clinic)[0][0] == datetime(2031, 10, 26, hour, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"slot-day": ""}, "Enter the day."),
        ({"slot-day": "9999-12-31"}, "This day is too far away. Check the year."),
        ({"slot-opens": ""}, "Enter the time the slot begins."),
        ({"slot-closes": "9 o'clock"}, "Enter a time of day such as 08:30."),
        ({"slot-closes": "08:00"}, "The end must be after the start."),
        ({"slot-capacity": "0"}, "Enter a whole number from 1 to 100000."),
    ],
)
def test_bad_input(alice, clinic, records, fields, problem):
    page = add(alice, **fields)
    assert page.status == 400
    assert page.problems == [problem]
    assert slots(records, clinic) == []


def test_an_overlap_is_a_conflict(alice, clinic, records):
    add(alice)
    page = add(alice, **{"slot-opens": "09:30", "slot-closes": "10:30"})
    assert page.status == 409
    assert page.problems == ["This slot overlaps another slot of the same specialist."]
    assert len(slots(records, clinic)) == 1


def test_another_clinics_specialist_is_404(alice, other_clinic, records):
    alice.csrf()
    assert alice.post(f"/admin/specialists/{other_clinic.specialist_id}/slots", VALID).status == 404
    assert slots(records, other_clinic) == []
