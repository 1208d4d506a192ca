"""When a visit could begin, told by type, specialist and local day."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY, Clinic, colleague, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.queries.availability import all_types, find_type, free_days, free_times, free_times_between, public_types
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "DESK"}
MIDNIGHT = DAY + timedelta(days=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def offered(clinic: Clinic, **more) -> list[datetime]:
    return [time.start for time in free_times_between(type_id=clinic.type_id, since=DAY, until=MIDNIGHT, **more)]


def test_each_open_slot_is_a_start(within):
    first, second = within.slot(), within.slot(after=30)
    times = free_times_between(type_id=within.type_id, since=DAY, until=MIDNIGHT)
    assert [(time.slot_id, time.start, time.end) for time in times] == [
        (first, DAY, DAY + timedelta(minutes=30)),
        (second, DAY + timedelta(minutes=30), DAY + timedelta(minutes=60)),
    ]
    assert times[0].specialist_name == "Dr. Sam Weiss"


def test_taken_and_held_ones_are_not(within):
    book(slot_id=within.slot(), **ASKED)
    hold(slot_id=within.slot(after=30), **ASKED)
    assert offered(within) == []


def test_an_overdue_hold_is_as_good_as_none(within, records):
    records.run_out(hold(slot_id=within.slot(), **ASKED).id)
    assert offered(within) == [DAY]


def test_all_who_offer_it_by_start_and_name(within):
    ruth = colleague(within)
    within.slot(), ruth.slot(), within.slot(after=30)
    times = free_times_between(type_id=within.type_id, since=DAY, until=MIDNIGHT)
    assert [time.specialist_name for time in times] == ["Dr. Ruth Adler", "Dr. Sam Weiss", "Dr. Sam Weiss"]
    assert offered(within, specialist_id=ruth.specialist_id) == [DAY]


def test_not_by_who_does_not_offer_it(within):
    colleague(within, add_type(name="Other", minutes=30)).slot()
    assert offered(within) == []


def test_not_by_who_left(within, records):
    within.slot()
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    assert offered(within) == []


def test_types_there_are(within, other_clinic, records):
    private = add_type(name="Audit", minutes=30, is_public=False)
    assert [visit.name for visit in all_types()] == ["Audit", "Consultation"]
    assert [visit.name for visit in public_types()] == ["Consultation"]
    assert find_type(private).minutes == 30
    assert find_type(other_clinic.type_id) is None
    records.rows("UPDATE appointment_types SET is_active = false WHERE id = :id", id=private)
    assert find_type(private) is None


def test_an_unknown_type_can_never_be_had(within, other_clinic):
    within.slot()
    for type_id in (uuid4(), other_clinic.type_id):
        assert free_times_between(type_id=type_id, since=DAY, until=MIDNIGHT) == []


def test_another_clinics_slots_are_not_offered(within, other_clinic):
    other_clinic.slot()
    assert offered(within) == []


def test_the_range_is_half_open(within):
    for minutes in (0, 30, 60):
        within.slot(after=minutes)
    half = timedelta(minutes=30)
    times = free_times_between(type_id=within.type_id, since=DAY + half, until=DAY + 2 * half)
    assert [time.start for time in times] == [DAY + half]


def test_days_are_the_clinics_own(app):
    """23:30 UTC is half past midnight of the next day in Berlin."""
    berlin = make_clinic("spree", timezone="Europe/Berlin")
    berlin.slot(after=23 * 60 + 30)
    with tenant_scope(berlin.id):
        ask = {"type_id": berlin.type_id, "specialist_id": None, "zone": "Europe/Berlin", "not_before": LONG_AGO}
        assert free_times(day=date(2031, 3, 3), **ask) == []
        assert len(free_times(day=date(2031, 3, 4), **ask)) == 1
        days = free_days(first=date(2031, 3, 1), last=date(2031, 3, 31), **ask)
        assert [(day.day, day.times) for day in days] == [(date(2031, 3, 4), 1)]


def test_the_past_is_not_offered(within):
    for minutes in (0, 30):
        within.slot(after=minutes)
    ask = {"type_id": within.type_id, "specialist_id": None, "zone": "UTC", "not_before": DAY + timedelta(minutes=1)}
    assert [time.start for time in free_times(day=DAY.date(), **ask)] == [DAY + timedelta(minutes=30)]
    assert [day.times for day in free_days(first=DAY.date(), last=DAY.date(), **ask)] == [1]


def test_two_who_are_free_at_once_count_as_one_time(within):
    ruth = colleague(within)
    within.slot(), ruth.slot(), ruth.slot(after=30)
    days = free_days(
        type_id=within.type_id, specialist_id=None, zone="UTC", first=DAY.date(), last=DAY.date(), not_before=LONG_AGO
    )
    assert [day.times for day in days] == [2]


@pytest.mark.parametrize("day", [date(2031, 3, 30), date(2031, 10, 26)])
def test_all_of_a_day_on_which_the_clocks_change(app, day):
    """23 hours in March, 25 in October: one slot an hour, no more and no less."""
    berlin = make_clinic("spree", timezone="Europe/Berlin")
    midnight = datetime(2031, 3, 29, 23, tzinfo=UTC) if day.month == 3 else datetime(2031, 10, 25, 22, tzinfo=UTC)
    for hour in range(-2, 28):
        berlin.slot(midnight + timedelta(hours=hour))
    with tenant_scope(berlin.id):
        times = free_times(
            type_id=berlin.type_id, specialist_id=None, day=day, zone="Europe/Berlin", not_before=LONG_AGO
        )
    assert len(times) == (23 if day.month == 3 else 25)
    assert times[0].start == midnight
