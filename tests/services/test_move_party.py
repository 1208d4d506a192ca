"""Moving all visits of a party at once: half hours from nine o'clock on one day to those of the next."""

from datetime import timedelta

import pytest

from tests.services.test_parties import book_all, halves, hold, soon, told, versions
from webapp.core.errors import Conflict, SlotTaken, StaleVersion
from webapp.core.timezones import utc_now
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.party_changes import move_party
from webapp.services.party_rows import Seat

__all__ = ["halves", "soon"]


@pytest.fixture
def party(within, halves):
    party = hold(within, halves[:3])
    book_all(party, "Anna", "Ben", "Cleo")
    return party


@pytest.fixture
def next_day(within, soon):
    return [within.slot(soon + timedelta(days=1), after=30 * number) for number in range(3)]


def move(within, records, party, slots, **more):
    asked = {"actor": "patient", "versions": versions(records, party)} | more
    move_party(party_id=party.id, seats=[Seat(slot, within.type_id) for slot in slots], **asked)


def slots_of(records, party):
    return [records.appointment(one).time_slot_id for one in party.visits]


def test_all_keep_their_order_and_are_told(within, party, halves, next_day, records):
    move(within, records, party, next_day[::-1])
    assert slots_of(records, party) == next_day
    assert [records.slot(slot).status for slot in (*halves, *next_day)] == ["AVAILABLE"] * 4 + ["BOOKED"] * 3
    assert told(records, party) == [["CONFIRMATION", "CHANGE"]] * 3
    assert [records.events(one)[-1] for one in party.visits] == ["RESCHEDULED"] * 3


def test_again_nothing_more_happens(within, party, next_day, records):
    seen = versions(records, party)
    for _time in range(2):
        move(within, records, party, next_day, versions=seen)
    assert told(records, party) == [["CONFIRMATION", "CHANGE"]] * 3


@pytest.mark.parametrize("by", [1, -1])
def test_within_their_own_times(within, halves, records, by):
    """Half an hour later or earlier: each makes room for the next."""
    before, after = (halves[:3], halves[1:])[::by]
    party = hold(within, before)
    book_all(party, "Anna", "Ben", "Cleo")
    move(within, records, party, after)
    assert slots_of(records, party) == after


def test_one_that_is_taken_leaves_all_where_they_were(within, party, halves, next_day, records):
    book(slot_id=next_day[1], actor="another", source="DESK")
    with pytest.raises(SlotTaken) as refused:
        move(within, records, party, next_day)
    assert refused.value.field == "p2_visit"
    assert slots_of(records, party) == halves[:3]
    assert told(records, party) == [["CONFIRMATION"]] * 3


def test_too_late_for_one_is_too_late_for_all(within, party, halves, next_day, records):
    until = (records.appointment(party.visits[0]).start_time - utc_now()) / timedelta(minutes=1)
    rule = "UPDATE tenants SET move_cutoff_minutes = :until WHERE id = :id"
    records.rows(rule, until=int(until) + 1, id=within.id)
    with pytest.raises(Conflict, match="Online moving here ends") as refused:
        move(within, records, party, next_day)
    assert refused.value.field == "p1_visit"
    assert slots_of(records, party) == halves[:3]


def test_one_that_was_cancelled_stays_so(within, party, halves, next_day, records):
    cancel(appointment_id=party.visits[1], actor="user:olga")
    move(within, records, party, next_day[:2])
    assert slots_of(records, party) == [next_day[0], halves[1], next_day[1]]


def test_after_a_change_at_the_desk_none(within, party, halves, next_day, records):
    seen = versions(records, party)
    cancel(appointment_id=party.visits[1], actor="user:olga")
    with pytest.raises(StaleVersion):
        move(within, records, party, next_day[:2], versions=seen)
    assert slots_of(records, party) == halves[:3]
