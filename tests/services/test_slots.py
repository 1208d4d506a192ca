"""Slots by hand, and slots from opening hours and closures."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from tests.conftest import DAY, Clinic, make_clinic
from webapp.core.errors import Conflict, InvalidInput, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.rules.slots import Interval
from webapp.services.appointments import cancel
from webapp.services.booking import book, hold
from webapp.services.hours import add_closure, set_opening_hours
from webapp.services.slots import add_slot, change_capacity, extend_horizon, regenerate_slots
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
HOUR = timedelta(hours=1)
MONDAY = DAY.date()


def interval(opens: time, closes: time, minutes: int, **more) -> Interval:
    """Hours of this one Monday, so that no other day's slots come into view."""
    return Interval(0, opens, closes, minutes, **{"valid_from": MONDAY, "valid_until": MONDAY} | more)


MORNING = interval(time(9), time(12), 60)


def starts(records, clinic: Clinic) -> list[datetime]:
    rows = records.rows(
        "SELECT start_time FROM time_slots WHERE specialist_id = :id ORDER BY start_time", id=clinic.specialist_id
    )
    return [row.start_time.astimezone(UTC) for row in rows]


def ids(records, clinic: Clinic) -> list[UUID]:
    rows = records.rows("SELECT id FROM time_slots WHERE tenant_id = :tenant ORDER BY start_time", tenant=clinic.id)
    return [row.id for row in rows]


def at(*hours: float) -> list[datetime]:
    return [DAY + hour * HOUR for hour in hours]


@pytest.fixture
def with_hours(within):
    """Mondays from 9 to 12, an hour each, on 3 March 2031."""
    set_opening_hours(specialist_id=within.specialist_id, intervals=[MORNING])
    regenerate_slots(specialist_id=within.specialist_id, first=MONDAY, last=MONDAY)
    return within


def regenerate(clinic: Clinic, *intervals: Interval):
    set_opening_hours(specialist_id=clinic.specialist_id, intervals=intervals)
    return regenerate_slots(specialist_id=clinic.specialist_id, first=MONDAY, last=MONDAY)


def test_a_slot_by_hand(within, records):
    slot = add_slot(specialist_id=within.specialist_id, start=DAY, end=DAY + HOUR, capacity=4)
    row = records.slot(slot)
    assert (row.tenant_id, row.start_time, row.end_time, row.capacity) == (within.id, DAY, DAY + HOUR, 4)
    assert row.status == "AVAILABLE"


def test_it_does_not_overlap_another(within):
    within.slot()
    with pytest.raises(Conflict):
        within.slot(after=29)
    within.slot(after=30)


@pytest.mark.parametrize("end", [DAY, DAY - HOUR, DAY + timedelta(days=1)])
def test_it_ends_after_it_starts_and_within_a_day(within, end):
    with pytest.raises(InvalidInput):
        add_slot(specialist_id=within.specialist_id, start=DAY, end=end)


def test_under_another_visits_buffer_it_is_not_open(within, records):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=40, specialist_ids=[within.specialist_id])
    book(slot_id=within.slot(), type_id=surgery, **ASKED)
    later = [within.slot(after=after) for after in (30, 60, 90)]
    assert [records.slot(slot).status for slot in later] == ["BOOKED", "BOOKED", "AVAILABLE"]


def test_nor_is_one_from_new_hours(with_hours, records):
    surgery = add_type(name="Surgery", minutes=60, buffer_after=40, specialist_ids=[with_hours.specialist_id])
    book(slot_id=ids(records, with_hours)[2], type_id=surgery, **ASKED)
    regenerate(with_hours, MORNING, interval(time(12), time(13), 30))
    statuses = [records.slot(slot).status for slot in ids(records, with_hours)]
    assert statuses == ["AVAILABLE", "AVAILABLE", "BOOKED", "BOOKED", "BOOKED"]


def test_it_belongs_to_a_specialist_of_this_clinic(within, other_clinic):
    for specialist_id in (uuid4(), other_clinic.specialist_id):
        with pytest.raises(NotFound):
            add_slot(specialist_id=specialist_id, start=DAY, end=DAY + HOUR)


def test_hours_are_cut_into_slots(with_hours, records):
    assert starts(records, with_hours) == at(9, 10, 11)


def test_by_the_clinics_own_clocks(app, records):
    berlin = make_clinic("spree", timezone="Europe/Berlin")
    with tenant_scope(berlin.id):
        regenerate(berlin, MORNING)
    assert starts(records, berlin) == at(8, 9, 10)


def test_again_nothing_changes(with_hours, records):
    before = ids(records, with_hours)
    result = regenerate_slots(specialist_id=with_hours.specialist_id, first=MONDAY, last=MONDAY)
    assert (result.made, result.kept, result.removed, result.conflicts) == (0, 3, 0, [])
    assert ids(records, with_hours) == before


def test_other_hours_make_other_slots(with_hours, records):
    result = regenerate(with_hours, interval(time(10), time(12), 30))
    assert starts(records, with_hours) == at(10, 10.5, 11, 11.5)
    assert result.conflicts == []


def test_a_slot_that_was_added_by_hand_stays(with_hours, records):
    evening = add_slot(specialist_id=with_hours.specialist_id, start=DAY + 18 * HOUR, end=DAY + 19 * HOUR)
    assert regenerate(with_hours, interval(time(10), time(12), 60)).removed == 1
    assert starts(records, with_hours) == at(10, 11, 18)
    result = regenerate(with_hours, interval(time(10), time(20), 60))
    assert (ids(records, with_hours).count(evening), result.conflicts) == (1, [])
    assert starts(records, with_hours) == at(*range(10, 20))


def test_so_does_one_that_was_given_other_seats_by_hand(with_hours, records):
    nine = ids(records, with_hours)[0]
    change_capacity(slot_id=nine, capacity=5)
    result = regenerate_slots(specialist_id=with_hours.specialist_id, first=MONDAY, last=MONDAY)
    assert (result.made, result.removed) == (0, 0)
    assert records.slot(nine).capacity == 5


def test_booked_slots_stay_and_are_reported(with_hours, records):
    nine = ids(records, with_hours)[0]
    made = book(slot_id=nine, **ASKED)
    result = regenerate(with_hours, interval(time(9, 30), time(12), 30))
    assert [(c.slot_id, c.start) for c in result.conflicts] == [(nine, DAY + 9 * HOUR)]
    assert starts(records, with_hours) == at(9, 10, 10.5, 11, 11.5)
    assert records.live(nine) == [made.id]


def test_overdue_holds_keep_no_slot(with_hours, records):
    nine = ids(records, with_hours)[0]
    held = hold(slot_id=nine, **ASKED)
    records.run_out(held.id)
    result = regenerate(with_hours, interval(time(10), time(12), 60))
    assert result.conflicts == []
    assert starts(records, with_hours) == at(10, 11)
    assert records.events(held.id) == ["HELD", "EXPIRED"]


def test_what_ended_keeps_its_time_and_lets_go_of_its_slot(with_hours, records):
    nine = ids(records, with_hours)[0]
    made = book(slot_id=nine, **ASKED)
    cancel(appointment_id=made.id, actor="pat")
    regenerate(with_hours, interval(time(10), time(12), 60))
    row = records.appointment(made.id)
    assert (row.time_slot_id, row.slot_capacity, row.start_time) == (None, None, DAY + 9 * HOUR)
    assert (row.status, row.specialist_id) == ("CANCELLED", with_hours.specialist_id)


def test_a_slot_under_a_longer_visit_stays_too(with_hours, records):
    nine = ids(records, with_hours)[0]
    long = add_type(name="Long", minutes=120, specialist_ids=[with_hours.specialist_id])
    book(slot_id=nine, type_id=long, **ASKED)
    result = regenerate(with_hours)
    assert starts(records, with_hours) == at(9, 10)
    assert len(result.conflicts) == 2


def test_capacity_belongs_to_the_hours(with_hours, records):
    regenerate(with_hours, interval(time(9), time(10), 60, capacity=8))
    row = records.one("SELECT * FROM time_slots WHERE tenant_id = :t", t=with_hours.id)
    assert (row.start_time, row.capacity) == (DAY + 9 * HOUR, 8)


def test_hours_hold_from_and_until_their_days(within, records):
    two_weeks = interval(time(9), time(10), 60, valid_from=date(2031, 3, 10), valid_until=date(2031, 3, 17))
    set_opening_hours(specialist_id=within.specialist_id, intervals=[two_weeks])
    regenerate_slots(specialist_id=within.specialist_id, first=date(2031, 3, 1), last=date(2031, 3, 31))
    week = timedelta(days=7)
    assert starts(records, within) == [DAY + 9 * HOUR + n * week for n in (1, 2)]


def test_a_closure_takes_the_slots_it_touches(with_hours, records):
    add_closure(specialist_id=with_hours.specialist_id, start=DAY + 10.5 * HOUR, end=DAY + 11 * HOUR)
    regenerate_slots(specialist_id=with_hours.specialist_id, first=MONDAY, last=MONDAY)
    assert starts(records, with_hours) == at(9, 11)


def test_the_whole_clinics_closure_closes_everybody(with_hours, records):
    add_closure(specialist_id=None, start=DAY, end=DAY + 10 * HOUR)
    regenerate_slots(specialist_id=with_hours.specialist_id, first=MONDAY, last=MONDAY)
    assert starts(records, with_hours) == at(10, 11)


def test_hours_change_while_somebody_is_being_seen(within, records):
    """The slot under way began before now and reaches past it: the new hours begin where it ends."""
    now = records.one("SELECT date_trunc('minute', clock_timestamp()) AS now").now
    running = add_slot(specialist_id=within.specialist_id, start=now - HOUR / 2, end=now + HOUR / 2)
    book(slot_id=running, **ASKED)
    records.rows("UPDATE tenants SET horizon_days = 1 WHERE id = :id", id=within.id)
    every_day = [Interval(weekday, time(), time(), 10) for weekday in range(7)]
    set_opening_hours(specialist_id=within.specialist_id, intervals=every_day)
    following = records.rows(
        "SELECT start_time FROM time_slots WHERE specialist_id = :id AND id <> :running ORDER BY start_time LIMIT 1",
        id=within.specialist_id, running=running,
    )  # fmt: skip
    assert now + HOUR / 2 <= following[0].start_time < now + HOUR / 2 + timedelta(minutes=10)


def test_the_horizon_moves_on(within, records):
    set_opening_hours(
        specialist_id=within.specialist_id, intervals=[Interval(d, time(12), time(13), 60) for d in range(7)]
    )
    first = len(starts(records, within))
    assert first in (56, 57)  # today's noon may be over
    records.rows("UPDATE tenants SET horizon_days = 60 WHERE id = :id", id=within.id)
    extend_horizon()
    assert len(starts(records, within)) == first + 4
    assert extend_horizon()[within.specialist_id].made == 0


def test_who_left_gets_no_new_slots(within, records):
    set_opening_hours(specialist_id=within.specialist_id, intervals=[MORNING])
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    assert extend_horizon() == {}


def test_nobody_elses_slots_are_touched(with_hours, other_clinic, records):
    theirs = other_clinic.slot()
    with pytest.raises(NotFound):
        regenerate_slots(specialist_id=other_clinic.specialist_id, first=MONDAY, last=MONDAY)
    with pytest.raises(NotFound):
        set_opening_hours(specialist_id=other_clinic.specialist_id, intervals=[])
    assert records.slot(theirs).status == "AVAILABLE"


@pytest.mark.parametrize(
    "wrong",
    [
        Interval(7, time(9), time(10), 30),
        Interval(0, time(10), time(9), 30),
        Interval(0, time(9), time(9), 30),
        Interval(0, time(9), time(10), 0),
        Interval(0, time(9), time(10), 1440),
        Interval(0, time(9), time(10), 30, capacity=0),
        Interval(0, time(9), time(10), 30, valid_from=date(2031, 3, 2), valid_until=date(2031, 3, 1)),
    ],
)
def test_hours_that_make_no_sense(with_hours, records, wrong):
    with pytest.raises(InvalidInput):
        set_opening_hours(specialist_id=with_hours.specialist_id, intervals=[wrong])
    assert starts(records, with_hours) == at(9, 10, 11)


def test_closures_that_make_no_sense(within, other_clinic):
    with pytest.raises(InvalidInput):
        add_closure(specialist_id=None, start=DAY, end=DAY)
    with pytest.raises(NotFound):
        add_closure(specialist_id=other_clinic.specialist_id, start=DAY, end=DAY + HOUR)
