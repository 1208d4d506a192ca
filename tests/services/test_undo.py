"""Undo: a new event that takes the latest change back, or says why it cannot."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import Conflict, NotFound, PatientBusy, SlotTaken, StaleVersion
from webapp.services.amend import set_priority, write_note
from webapp.services.appointments import arrive, cancel, complete, no_show
from webapp.services.booking import book, reschedule
from webapp.services.specialists import add_type
from webapp.services.undo import undo

ASKED = {"actor": "user:olga", "source": "DESK"}


@pytest.fixture
def slots(within):
    return [within.slot(after=30 * number) for number in range(4)]


@pytest.fixture
def booked(slots, within):
    return book(slot_id=slots[0], patient_id=within.pat, type_id=within.type_id, **ASKED).id


def take_back(appointment_id, version):
    return undo(appointment_id=appointment_id, version=version, **ASKED)


def last_event(records, appointment_id):
    return records.rows(
        "SELECT event_type, detail FROM appointment_events WHERE appointment_id = :id ORDER BY created_at, id",
        id=appointment_id,
    )[-1]


def test_a_move_goes_back_and_says_so(slots, booked, within, records):
    ruth = colleague(within)
    there = ruth.slot(after=60)
    reschedule(appointment_id=booked, slot_id=there, version=1, **ASKED)
    assert take_back(booked, 2).version == 3
    row = records.appointment(booked)
    assert (row.time_slot_id, row.specialist_id) == (slots[0], within.specialist_id)
    assert (records.slot(there).status, records.slot(slots[0]).status) == ("AVAILABLE", "BOOKED")
    event, detail = last_event(records, booked)
    assert (event, detail["undo"], detail["to_slot"]) == ("RESCHEDULED", True, str(slots[0]))


def test_an_undone_move_can_be_done_again(slots, booked, records):
    reschedule(appointment_id=booked, slot_id=slots[2], version=1, **ASKED)
    take_back(booked, 2)
    take_back(booked, 3)
    assert records.appointment(booked).time_slot_id == slots[2]


@pytest.mark.begun
def test_who_was_moved_to_another_day_is_there_again(slots, booked, within, records):
    tomorrow = within.slot(within.day + timedelta(days=1))
    arrive(appointment_id=booked, actor="user:olga")
    reschedule(appointment_id=booked, slot_id=tomorrow, version=2, **ASKED)
    assert take_back(booked, 3).status == "ARRIVED"
    assert take_back(booked, 4).status == "CONFIRMED", "and undone once more"
    assert records.appointment(booked).time_slot_id == tomorrow


@pytest.mark.begun
def test_a_step_after_such_a_move_leads_back_to_what_the_move_made_of_it(slots, booked, within):
    arrive(appointment_id=booked, actor="user:olga")
    reschedule(appointment_id=booked, slot_id=within.slot(within.day + timedelta(days=1)), version=2, **ASKED)
    complete(appointment_id=booked, actor="user:olga")
    assert take_back(booked, 4).status == "CONFIRMED"


def test_length_and_type_go_back_too(slots, booked, within, records):
    reschedule(appointment_id=booked, slot_id=slots[0], minutes=60, version=1, **ASKED)
    assert records.slot(slots[1]).status == "BOOKED"
    take_back(booked, 2)
    assert records.appointment(booked).end_time == DAY + timedelta(minutes=30)
    assert records.slot(slots[1]).status == "AVAILABLE"
    longer = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    reschedule(appointment_id=booked, slot_id=slots[0], type_id=longer, version=3, **ASKED)
    take_back(booked, 4)
    row = records.appointment(booked)
    assert (row.appointment_type_id, row.end_time) == (within.type_id, DAY + timedelta(minutes=30))


def test_a_move_stays_when_the_old_time_is_taken(slots, booked, records):
    reschedule(appointment_id=booked, slot_id=slots[2], version=1, **ASKED)
    book(slot_id=slots[0], **ASKED)
    with pytest.raises(SlotTaken):
        take_back(booked, 2)
    row = records.appointment(booked)
    assert (row.time_slot_id, row.version) == (slots[2], 2)


@pytest.mark.begun
@pytest.mark.parametrize("step", [cancel, no_show])
def test_what_gave_its_time_up_takes_it_again(slots, booked, records, step):
    step(appointment_id=booked, actor="user:olga")
    assert records.slot(slots[0]).status == "AVAILABLE"
    assert take_back(booked, 2).status == "CONFIRMED"
    assert records.slot(slots[0]).status == "BOOKED"
    assert records.live(slots[0]) == [booked]
    event, detail = last_event(records, booked)
    assert (event, detail["status"]) == ("UNDONE", "CONFIRMED")


def test_a_longer_visit_takes_all_of_its_time_again(slots, booked, records):
    reschedule(appointment_id=booked, slot_id=slots[0], minutes=90, version=1, **ASKED)
    cancel(appointment_id=booked, actor="user:olga")
    take_back(booked, 3)
    assert records.appointment(booked).end_time == DAY + timedelta(minutes=90)
    assert [records.slot(slot).status for slot in slots] == ["BOOKED"] * 3 + ["AVAILABLE"]


@pytest.mark.begun
@pytest.mark.parametrize("step", [cancel, no_show])
def test_it_says_when_the_time_is_gone(slots, booked, records, step):
    step(appointment_id=booked, actor="user:olga")
    other = book(slot_id=slots[0], **ASKED).id
    with pytest.raises(SlotTaken):
        take_back(booked, 2)
    assert records.live(slots[0]) == [other]
    assert records.appointment(booked).version == 2


def test_it_says_when_the_patient_is_elsewhere_by_now(slots, booked, within, records):
    cancel(appointment_id=booked, actor="user:olga")
    book(slot_id=colleague(within).slot(), patient_id=within.pat, **ASKED)
    with pytest.raises(PatientBusy):
        take_back(booked, 2)
    assert records.slot(slots[0]).status == "AVAILABLE"


@pytest.mark.begun
def test_steps_that_gave_nothing_up(booked, records):
    arrive(appointment_id=booked, actor="user:olga")
    complete(appointment_id=booked, actor="user:olga")
    assert take_back(booked, 3).status == "ARRIVED"
    with pytest.raises(Conflict):
        take_back(booked, 4)
    arrived = records.appointment(booked)
    assert (arrived.status, arrived.version) == ("ARRIVED", 4)


@pytest.mark.begun
def test_arrived_becomes_confirmed_and_a_cancelled_arrival_arrived(booked, records):
    arrive(appointment_id=booked, actor="user:olga")
    assert take_back(booked, 2).status == "CONFIRMED"
    arrive(appointment_id=booked, actor="user:olga")
    cancel(appointment_id=booked, actor="user:olga")
    assert take_back(booked, 5).status == "ARRIVED"
    assert records.events(booked) == ["BOOKED", "ARRIVED", "UNDONE", "ARRIVED", "CANCELLED", "UNDONE"]


def test_a_seat_in_a_group_is_another_one_when_the_old_is_taken(within, records):
    group = within.slot(after=300, capacity=2)
    first = book(slot_id=group, **ASKED).id
    second = book(slot_id=group, **ASKED).id
    cancel(appointment_id=first, actor="user:olga")
    book(slot_id=group, **ASKED)
    with pytest.raises(SlotTaken):
        take_back(first, 2)
    cancel(appointment_id=second, actor="user:olga")
    assert take_back(first, 2).status == "CONFIRMED"
    assert {records.appointment(one).seat for one in records.live(group)} == {1, 2}


def test_priority_goes_back(booked, records):
    set_priority(appointment_id=booked, priority="URGENT", version=1, actor="user:olga")
    take_back(booked, 2)
    assert records.appointment(booked).priority == "NORMAL"


@pytest.mark.begun
def test_not_after_something_changed(booked, records):
    arrive(appointment_id=booked, actor="user:olga")
    set_priority(appointment_id=booked, priority="VIP", version=2, actor="user:alice")
    with pytest.raises(StaleVersion):
        take_back(booked, 2)
    row = records.appointment(booked)
    assert (row.status, row.priority) == ("ARRIVED", "VIP")


def test_what_cannot_be_undone(booked, within, records):
    with pytest.raises(Conflict):
        take_back(booked, 1)
    write_note(appointment_id=booked, note="calls back", version=1, actor="user:olga")
    with pytest.raises(Conflict):
        take_back(booked, 2)
    with pytest.raises(NotFound):
        take_back(uuid4(), 1)
    assert records.appointment(booked).version == 2


def test_the_first_type_of_a_visit_is_not_taken_away_again(slots, within):
    untyped = book(slot_id=slots[0], **ASKED).id
    reschedule(appointment_id=untyped, slot_id=slots[0], type_id=within.type_id, version=1, **ASKED)
    with pytest.raises(Conflict):
        take_back(untyped, 2)


@pytest.mark.begun
@pytest.mark.parametrize("change", [arrive, cancel])
def test_a_second_click_is_the_same_answer(booked, records, change):
    change(appointment_id=booked, actor="olga")
    first = take_back(booked, 2)
    assert take_back(booked, 2) == first
    assert (records.appointment(booked).status, records.appointment(booked).version) == ("CONFIRMED", 3)


def test_so_it_is_for_a_move(slots, booked, records):
    reschedule(appointment_id=booked, slot_id=slots[2], version=1, **ASKED)
    assert take_back(booked, 2).version == take_back(booked, 2).version == 3
    assert records.appointment(booked).time_slot_id == slots[0]


@pytest.mark.begun
def test_but_not_when_something_else_came_after(slots, booked):
    reschedule(appointment_id=booked, slot_id=slots[2], version=1, **ASKED)
    arrive(appointment_id=booked, actor="olga")
    with pytest.raises(StaleVersion):
        take_back(booked, 2)
