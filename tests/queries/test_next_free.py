"""The next free times across specialists: half-hour slots on Monday DAY and after, clinic in UTC."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague
from webapp.queries.availability import find_type, wanted_for
from webapp.queries.next_free import Search, free_now, next_free
from webapp.rules.fitting import Wanted
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "DESK"}
NINE = DAY + timedelta(hours=9)


def search(wanted=None, **more):
    return Search(**({"wanted": wanted or Wanted(30), "first": DAY.date(), "not_before": DAY, "zone": "UTC"} | more))


def starts(found):
    return [time.start for time in found[0]]


@pytest.fixture
def week(within):
    """At nine and at two every day of a week, with one specialist."""
    return [within.slot(NINE + timedelta(days=day, hours=hours)) for day in range(7) for hours in (0, 5)]


def test_the_first_come_first_and_the_rest_on_the_next_page(week):
    found, more = next_free(search(), limit=10)
    assert [time.slot_id for time in found] == week[:10]
    assert more
    rest, more = next_free(search(), limit=10, after=(found[-1].start, found[-1].slot_id))
    assert [time.slot_id for time in rest] == week[10:]
    assert not more


def test_two_at_the_same_time_are_told_apart_by_the_page(within):
    both = {within.slot(NINE), colleague(within).slot(NINE)}
    (first,), more = next_free(search(), limit=1)
    assert more
    (second,), _ = next_free(search(), limit=1, after=(first.start, first.slot_id))
    assert {first.slot_id, second.slot_id} == both


def test_a_time_that_went_meanwhile_is_no_end_of_the_page(within):
    slots = [within.slot(NINE, after=30 * n) for n in range(3)]
    book(slot_id=slots[0], **ASKED)
    found, _ = next_free(search(), after=(NINE, slots[0]))
    assert [time.slot_id for time in found] == slots[1:]


def test_weekdays_and_part_of_day(week):
    found = next_free(search(weekdays={1, 4}, part="afternoon"))
    assert starts(found) == [NINE + timedelta(days=day, hours=5) for day in (1, 4)]


def test_from_a_day_on_and_not_before_now(week):
    assert starts(next_free(search(first=DAY.date() + timedelta(days=6))))[0] == NINE + timedelta(days=6)
    assert starts(next_free(search(not_before=NINE + timedelta(minutes=1))))[0] == NINE + timedelta(hours=5)


def test_months_away_it_is_still_found(within):
    far = within.slot(NINE + timedelta(days=200))
    assert [time.slot_id for time in next_free(search())[0]] == [far]
    assert next_free(search(first=DAY.date() - timedelta(days=900), not_before=DAY - timedelta(days=900)))[0] == []


def test_only_the_specialists_that_are_named(within):
    ruth = colleague(within)
    within.slot(NINE)
    slot = ruth.slot(NINE)
    assert [time.slot_id for time in next_free(search(specialist_ids=[ruth.specialist_id]))[0]] == [slot]


def test_only_who_offers_the_type(within):
    other = colleague(within)
    own = add_type(name="Own", minutes=30, specialist_ids=[other.specialist_id])
    within.slot(NINE)
    slot = other.slot(NINE)
    assert [time.slot_id for time in next_free(search(wanted_for(find_type(own))))[0]] == [slot]


def test_longer_than_a_slot(within):
    slots = [within.slot(NINE, after=30 * n) for n in range(4)]
    book(slot_id=slots[1], **ASKED)
    (found,), _ = next_free(search(Wanted(60)))
    assert (found.slot_id, found.end - found.start) == (slots[2], timedelta(hours=1))


def test_a_length_the_door_takes_just_so(within, records):
    slots = [within.slot(NINE, after=30 * n) for n in range(2)]
    held = hold(slot_id=slots[0], minutes=45, **ASKED)
    assert held.end_time - held.start_time == timedelta(minutes=45)
    assert [records.slot(slot).status for slot in slots] == ["HOLD", "HOLD"]


def test_buffers_keep_their_distance(within):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=30, specialist_ids=[within.specialist_id])
    slots = [within.slot(NINE, after=30 * n) for n in range(4)]
    book(slot_id=slots[1], **ASKED)
    assert [time.slot_id for time in next_free(search(wanted_for(find_type(surgery))))[0]] == slots[2:]


def test_several_seats_of_a_group(within):
    course = add_type(name="Course", minutes=30, is_group=True, specialist_ids=[within.specialist_id])
    nearly_full, roomy = (within.slot(NINE, after=30 * n, capacity=3) for n in range(2))
    for _seat in range(2):
        book(slot_id=nearly_full, **ASKED)
    alone, pair = (wanted_for(find_type(course), seats=seats) for seats in (1, 2))
    assert [time.slot_id for time in next_free(search(alone))[0]] == [nearly_full, roomy]
    assert [time.slot_id for time in next_free(search(pair))[0]] == [roomy]


def test_overdue_holds_are_free_and_live_ones_are_not(within, records):
    slots = [within.slot(NINE, after=30 * n) for n in range(2)]
    overdue, _live = (hold(slot_id=slot, **ASKED) for slot in slots)
    records.run_out(overdue.id)
    assert [time.slot_id for time in next_free(search())[0]] == slots[:1]


def test_another_clinics_times_are_not_found(within, other_clinic):
    other_clinic.slot(NINE)
    assert next_free(search()) == ([], False)


class TestWalkingIn:
    def now(self, minutes):
        return NINE + timedelta(minutes=minutes)

    def test_a_time_that_has_begun_serves_while_half_of_it_is_left(self, within):
        running, next_one = (within.slot(NINE, after=after) for after in (0, 30))
        for minutes, first in ((0, running), (15, running), (16, next_one), (30, next_one)):
            found = free_now(wanted=Wanted(30), now=self.now(minutes), zone="UTC")
            assert found[0].slot_id == first, minutes

    def test_the_first_of_anybody(self, within):
        within.slot(NINE, after=60)
        slot = colleague(within).slot(NINE, after=30)
        assert free_now(wanted=Wanted(30), now=NINE, zone="UTC")[0].slot_id == slot

    def test_tomorrow_is_too_late(self, within):
        within.slot(NINE + timedelta(days=1))
        assert free_now(wanted=Wanted(30), now=NINE, zone="UTC") == []
