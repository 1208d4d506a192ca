"""A specialist's time that nobody may book for a while."""

from datetime import datetime, time, timedelta
from threading import Thread
from uuid import uuid4

import pytest

from tests.conftest import DAY, colleague, sound
from webapp.core.errors import Conflict, InvalidInput, NotFound, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.rules.slots import Interval
from webapp.services.appointments import cancel
from webapp.services.blocks import block_time, unblock_time
from webapp.services.booking import book, hold, reschedule, squeeze_in
from webapp.services.hours import add_closure, set_opening_hours
from webapp.services.slots import extend_horizon
from webapp.services.specialists import add_type

ASKED = {"actor": "desk:olga", "source": "DESK"}
HALF = timedelta(minutes=30)


def block(clinic, *, start=DAY, minutes=60, reason="Meeting"):
    return block_time(
        specialist_id=clinic.specialist_id,
        start=start,
        end=start + timedelta(minutes=minutes),
        reason=reason,
        actor="user:olga",
    )


def test_its_slots_cannot_be_had(within, records):
    inside, outside = within.slot(), within.slot(after=60)
    block(within)
    with pytest.raises(SlotTaken):
        book(slot_id=inside, **ASKED)
    book(slot_id=outside, **ASKED)
    assert records.slot(inside).status == "BOOKED"
    assert sound()


def test_opened_again_they_can(within):
    slot = within.slot()
    unblock_time(closure_id=block(within).closure_id, actor="user:sam")
    book(slot_id=slot, **ASKED)
    assert sound()


def test_who_blocked_and_who_opened_is_written_and_not_why(within, records):
    closure = block(within, reason="Root canal").closure_id
    unblock_time(closure_id=closure, actor="user:sam")
    span = {"start": DAY.isoformat(), "end": (DAY + 2 * HALF).isoformat()}
    rows = records.rows(
        "SELECT event_type, actor, detail FROM desk_events WHERE specialist_id = :id ORDER BY created_at",
        id=within.specialist_id,
    )
    told = {"closure": str(closure), **span}
    assert [tuple(row) for row in rows] == [("BLOCKED", "user:olga", told), ("OPENED", "user:sam", told)]


def test_another_specialist_works_on(within):
    other = colleague(within)
    block(within)
    book(slot_id=other.slot(), **ASKED)


def test_what_is_booked_stays_and_is_counted(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    assert block(within).appointments == 1
    assert records.appointment(made.id).status == "CONFIRMED"
    assert sound()


def test_what_is_cancelled_inside_does_not_come_free(within, records):
    slot = within.slot()
    made = book(slot_id=slot, **ASKED)
    closure = block(within).closure_id
    cancel(appointment_id=made.id, actor="test")
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert sound()
    unblock_time(closure_id=closure, actor="user:sam")
    assert records.slot(slot).status == "AVAILABLE"


def test_a_hold_inside_that_runs_out_does_not_come_free(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    block(within)
    records.run_out(held.id)
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert sound()


def test_nothing_moves_or_reaches_into_it(within, records):
    first, second, inside = (within.slot(after=after) for after in (-60, -30, 0))
    block(within)
    made = book(slot_id=first, **ASKED)
    with pytest.raises(Conflict, match="closed"):
        reschedule(appointment_id=made.id, slot_id=inside, version=1, **ASKED)
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    with pytest.raises(Conflict, match="closed"):
        book(slot_id=second, type_id=long, **ASKED)
    assert records.live(inside) == []


def test_nobody_is_squeezed_in(within, staff, records):
    slot = within.slot()
    book(slot_id=slot, **ASKED)
    block(within)
    olga = records.one("SELECT id FROM users WHERE tenant_id = :t AND role = 'OPERATOR'", t=within.id).id
    with pytest.raises(Conflict, match="closed"):
        squeeze_in(slot_id=slot, reason="x", user_id=olga, **ASKED)


def test_a_group_stays_shut_too(within):
    slot = within.slot(capacity=3)
    book(slot_id=slot, **ASKED)
    block(within)
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert sound()


def test_slots_that_the_hours_no_longer_made_come_back(within, records):
    set_opening_hours(
        specialist_id=within.specialist_id, intervals=[Interval(day, time(8), time(10), 30) for day in range(7)]
    )
    day = (utc_now() + timedelta(days=3)).replace(hour=8, minute=0, second=0, microsecond=0)
    starts = "SELECT start_time FROM time_slots WHERE tenant_id = :t AND start_time >= :day AND start_time < :end"
    span = {"t": within.id, "day": day, "end": day + timedelta(hours=2)}
    before = {row.start_time for row in records.rows(starts, **span)}
    assert len(before) == 4
    closure = block(within, start=day).closure_id
    extend_horizon()
    assert len(records.rows(starts, **span)) == 2
    unblock_time(closure_id=closure, actor="user:sam")
    assert {row.start_time for row in records.rows(starts, **span)} == before
    assert sound()


def test_a_day_in_the_past_is_sound_too(within):
    past: datetime = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
    within.slot(past)
    add_closure(specialist_id=within.specialist_id, start=past, end=past + HALF)
    assert sound()


def test_bad_input(within, other_clinic):
    with pytest.raises(InvalidInput, match="after the start"):
        block(within, minutes=0)
    with pytest.raises(InvalidInput, match="needed for"):
        block(within, reason=" ")
    with pytest.raises(NotFound):
        block(other_clinic)
    with pytest.raises(NotFound):
        unblock_time(closure_id=uuid4(), actor="user:sam")


def test_what_is_over_cannot_be_blocked_and_what_has_begun_can(within, records):
    with pytest.raises(InvalidInput, match="over already") as refused:
        block(within, start=utc_now() - 2 * HALF, minutes=59)
    assert refused.value.field == "until"
    assert records.count("closures", within) == 0
    block(within, start=utc_now() - HALF, minutes=60)
    assert records.count("closures", within) == 1


def test_the_whole_clinics_closure_is_not_the_desks_to_open(within, records):
    add_closure(specialist_id=None, start=DAY, end=DAY + HALF, reason="Holiday")
    (closure,) = records.one("SELECT id FROM closures WHERE tenant_id = :t", t=within.id)
    with pytest.raises(NotFound):
        unblock_time(closure_id=closure, actor="user:sam")


@pytest.mark.concurrency
def test_booked_and_blocked_at_the_same_moment(within, records):
    """Whoever comes first: a booking that was acknowledged stands, and one that came later is refused."""
    slots = [within.slot(after=30 * number) for number in range(20)]
    won = []

    def sell() -> None:
        with tenant_scope(within.id):
            for slot in slots:
                try:
                    won.append(book(slot_id=slot, **ASKED).id)
                except SlotTaken:
                    return

    seller = Thread(target=sell)
    seller.start()
    blocked = block(within, minutes=600)
    seller.join()
    assert {records.appointment(one).status for one in won} <= {"CONFIRMED"}
    assert blocked.appointments <= len(won)
    assert sum(len(records.live(slot)) for slot in slots) == len(won)
    assert sound()


def test_the_very_same_again_is_one_block(within, records):
    first = block(within)
    assert block(within) == first
    assert block(within, minutes=45) != first
    assert records.count("closures", within) == 2
