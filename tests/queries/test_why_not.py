"""Each rule that can refuse a time, named."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY, PASSWORD, colleague
from webapp.core.tenancy import current_tenant
from webapp.queries.why_not import why_not
from webapp.rules.slots import Interval
from webapp.services.booking import book, hold, squeeze_in
from webapp.services.hours import add_closure, set_opening_hours
from webapp.services.signin import add_user
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
BEFORE = datetime(2031, 3, 1, tzinfo=UTC)


def ask(clinic, *, after=0, type_id=None, now=BEFORE):
    at = DAY + timedelta(minutes=after)
    return why_not(specialist_id=clinic.specialist_id, at=at, zone="UTC", now=now, type_id=type_id)


def rules(clinic, **asked) -> list[str]:
    return [one.rule for one in ask(clinic, **asked).refusals]


def test_a_free_time_has_nothing_against_it(within):
    slot = within.slot()
    found = ask(within, type_id=within.type_id)
    assert (found.refusals, found.slot_id, found.may_squeeze) == ([], slot, False)


def test_booked(within):
    made = book(slot_id=within.slot(), **ASKED)
    found = ask(within, after=10)
    (one,) = found.refusals
    assert (one.rule, one.id, one.start, one.end) == ("booked", made.id, DAY, DAY + timedelta(minutes=30))
    assert found.may_squeeze


def test_held_by_whom_and_until_when(within):
    olga = add_user(email="o@clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")
    made = hold(slot_id=within.slot(), created_by=olga, **ASKED)
    (one,) = ask(within, now=datetime.now(UTC)).refusals
    assert (one.rule, one.who, one.source, one.end) == ("held", "Olga", "DESK", made.expires_at)


def test_a_hold_that_ran_out_is_nothing(within, records):
    records.run_out(hold(slot_id=within.slot(), **ASKED).id)
    assert ask(within, now=datetime.now(UTC)).refusals == []


def test_the_buffer_of_a_neighbour(within):
    around = add_type(name="Around", minutes=30, buffer_after=10, specialist_ids=[within.specialist_id])
    within.slot(after=30)
    book(slot_id=within.slot(), type_id=around, **ASKED)
    assert rules(within, after=30) == ["buffer"]


def test_past(within):
    within.slot()
    assert rules(within, now=DAY + timedelta(hours=1)) == ["past"]
    assert rules(within, after=-60, now=DAY)[0] == "past"


def test_a_closure_with_its_reason(within):
    book(slot_id=within.slot(), **ASKED)
    add_closure(specialist_id=within.specialist_id, start=DAY, end=DAY + timedelta(hours=2), reason="Training")
    found = ask(within, after=60)
    (one,) = found.refusals
    assert (one.rule, one.reason, one.end) == ("closure", "Training", DAY + timedelta(hours=2))
    assert rules(within) == ["closure", "booked"]
    assert not ask(within).may_squeeze


def test_the_whole_clinics_closure(within):
    add_closure(specialist_id=None, start=DAY, end=DAY + timedelta(hours=2), reason="Holiday")
    assert rules(within) == ["closure"]


@pytest.mark.parametrize(
    ("after", "rule"), [(7 * 60, "closed"), (8 * 60, "no_slots"), (12 * 60 + 30, "break"), (18 * 60, "closed")]
)
def test_the_hours_of_the_day(within, after, rule):
    intervals = [Interval(0, time(8), time(12), 30), Interval(0, time(13), time(17), 30)]
    set_opening_hours(specialist_id=within.specialist_id, intervals=intervals)  # beyond the horizon: no slots yet
    assert rules(within, after=after) == [rule]


def test_a_day_without_hours(within):
    (one,) = ask(within).refusals
    assert (one.rule, one.start, one.end) == ("closed", None, None)


def test_too_short_for_the_visit(within):
    within.slot()
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    (one,) = ask(within, type_id=long).refusals
    assert (one.rule, one.minutes) == ("too_short", 60)


def test_not_offered(within):
    within.slot()
    other = add_type(name="Elsewhere", minutes=30)
    assert rules(within, type_id=other) == ["not_offered"]
    group = add_type(name="Group", minutes=30, is_group=True, specialist_ids=[within.specialist_id])
    assert rules(within, type_id=group) == ["not_offered"]


def test_a_full_group(within):
    slot = within.slot(capacity=2)
    book(slot_id=slot, **ASKED)
    assert rules(within) == []
    book(slot_id=slot, **ASKED)
    assert rules(within) == ["full"]
    assert ask(within).may_squeeze


def test_the_room(within, records):
    room = records.one("INSERT INTO rooms (tenant_id, name) VALUES (:t, 'X') RETURNING id", t=within.id).id
    other = colleague(within)
    both = [within.specialist_id, other.specialist_id]
    scan = add_type(name="Scan", minutes=30, room_id=room, specialist_ids=both)
    within.slot()
    book(slot_id=other.slot(), type_id=scan, **ASKED)
    assert rules(within, type_id=scan) == ["room"]


def test_who_is_squeezed_in_takes_the_way_out(within):
    olga = add_user(email="o@clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    squeeze_in(slot_id=slot, reason="x", user_id=olga, status="CONFIRMED", **ASKED)
    found = ask(within)
    assert [one.rule for one in found.refusals] == ["booked"]
    assert not found.may_squeeze


def test_the_nearest_free_times_of_the_specialist_and_of_others(within):
    other = colleague(within)
    book(slot_id=within.slot(after=60), **ASKED)
    own = [within.slot(after=after) for after in (0, 30, 90, 600)]
    theirs = [other.slot(after=after) for after in (60, 0, 900)]
    near = ask(within, after=60, type_id=within.type_id).near
    assert {time.slot_id for time in near} == {*own[:3], *theirs[:2]}
    assert [time.start for time in near] == sorted(time.start for time in near)
    assert {time.slot_id for time in ask(within, after=60).near} == set(own[:3])


def test_nobody_else_is_asked(within, other_clinic):
    assert current_tenant() == within.id
    for stranger in (other_clinic.specialist_id, uuid4()):
        with pytest.raises(LookupError):
            why_not(specialist_id=stranger, at=DAY, zone="UTC", now=BEFORE)
