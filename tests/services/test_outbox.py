"""What is written into the outbox, in the transaction of what happened."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.conftest import DAY, later_today
from webapp.core.errors import SlotTaken
from webapp.rules.people import NewPatient
from webapp.rules.slots import Interval
from webapp.services import waitlist
from webapp.services.appointments import arrive, cancel, cancel_following, complete, confirm, name_hold, release
from webapp.services.booking import Key, book, book_at, hold, reschedule
from webapp.services.hours import set_opening_hours
from webapp.services.patients import add_patient
from webapp.services.series import book_series
from webapp.services.undo import undo

BY = {"actor": "test", "source": "DESK"}


@pytest.fixture
def told(records, within):
    """The kinds of message in the outbox, oldest first."""

    def read() -> list[str]:
        rows = records.rows("SELECT kind FROM messages WHERE tenant_id = :id ORDER BY created_at", id=within.id)
        return [row.kind for row in rows]

    return read


@pytest.fixture
def booked(within):
    return book(slot_id=within.slot(), patient_id=within.pat, **BY)


def test_a_booking_is_told(within, booked, records, told):
    assert told() == ["CONFIRMATION"]
    row = records.one("SELECT * FROM messages WHERE tenant_id = :id", id=within.id)
    assert (row.channel, row.version, row.start_time, row.status) == ("EMAIL", 1, booked.start_time, "QUEUED")


def test_a_hold_is_not_until_it_is_confirmed(within, told):
    held = hold(slot_id=within.slot(), patient_id=within.pat, **BY)
    assert told() == []
    confirm(appointment_id=held.id, actor="test")
    confirm(appointment_id=held.id, actor="test")
    assert told() == ["CONFIRMATION"]


def test_naming_a_hold_is(within, told):
    held = hold(slot_id=within.slot(), **BY)
    name_hold(appointment_id=held.id, actor="test", new_patient=NewPatient("Bo Lee", email="bo@mail.example"))
    assert told() == ["CONFIRMATION"]


def test_a_hold_that_is_given_back_is_not(within, told):
    held = hold(slot_id=within.slot(), patient_id=within.pat, **BY)
    release(appointment_id=held.id, actor="test")
    assert told() == []


@pytest.mark.parametrize(
    ("reach", "channels"),
    [
        ({"email": "bo@mail.example", "phone": "+49301"}, ["EMAIL"]),
        ({"phone": "+49301"}, ["SMS"]),
        ({"phone": "ask for Bo"}, []),
        ({"contact": "bo@mail.example"}, []),
        ({}, []),
    ],
)
def test_by_mail_before_sms_and_not_without_an_address(within, records, reach, channels):
    book(slot_id=within.slot(), new_patient=NewPatient("Bo Lee", **reach), **BY)
    assert [
        row.channel for row in records.rows("SELECT channel FROM messages WHERE tenant_id = :id", id=within.id)
    ] == (channels)


def test_a_seat_that_was_lost_tells_nobody(within, told):
    slot = within.slot()
    book(slot_id=slot, patient_id=within.pat, **BY)
    with pytest.raises(SlotTaken):
        book(slot_id=slot, new_patient=NewPatient("Bo Lee", email="bo@mail.example"), **BY)
    assert told() == ["CONFIRMATION"]


def test_a_booking_that_is_repeated_is_told_once(within, told):
    slot, key = within.slot(), Key("the same", "print")
    for _ in range(3):
        book(slot_id=slot, patient_id=within.pat, key=key, **BY)
    assert told() == ["CONFIRMATION"]


def test_the_clinics_own_chair_tells_too(within, told):
    week = [Interval(weekday, time(0), time(23), 30) for weekday in range(7)]
    set_opening_hours(specialist_id=None, intervals=week)
    booked = book_at(start=DAY, end=DAY + timedelta(minutes=30), patient_id=within.pat, **BY)
    later = DAY + timedelta(hours=2)
    move = {"start": later, "end": later + timedelta(minutes=30), "version": booked.version}
    reschedule(appointment_id=booked.id, **move, **BY)
    assert told() == ["CONFIRMATION", "CHANGE"]


@pytest.mark.parametrize(("notify", "after"), [(None, ["CHANGE"]), (True, ["CHANGE"]), (False, [])])
def test_a_move(within, booked, told, notify, after):
    reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, notify=notify, **BY)
    assert told() == ["CONFIRMATION", *after]


@pytest.mark.parametrize(("notify", "after"), [(None, ["CANCELLATION"]), (True, ["CANCELLATION"]), (False, [])])
def test_a_cancellation(booked, told, notify, after):
    cancel(appointment_id=booked.id, actor="test", notify=notify)
    cancel(appointment_id=booked.id, actor="test", notify=notify)
    assert told() == ["CONFIRMATION", *after]


def test_taking_back_a_cancellation_confirms_anew(booked, told):
    over = cancel(appointment_id=booked.id, actor="test")
    undo(appointment_id=booked.id, version=over.version, **BY)
    assert told() == ["CONFIRMATION", "CANCELLATION", "CONFIRMATION"]


def test_taking_back_what_was_not_told_is_not_told_either(within, booked, told):
    moved = reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, notify=False, **BY)
    back = undo(appointment_id=booked.id, version=moved.version, **BY)
    over = cancel(appointment_id=booked.id, actor="test", version=back.version, notify=False)
    undo(appointment_id=booked.id, version=over.version, **BY)
    assert told() == ["CONFIRMATION"]


def test_what_happens_at_the_desk_is_not_told(within, records, told):
    booked = book(slot_id=later_today(within, records), patient_id=within.pat, **BY)
    arrived = arrive(appointment_id=booked.id, actor="test")
    back = undo(appointment_id=booked.id, version=arrived.version, **BY)
    arrived = arrive(appointment_id=booked.id, actor="test", version=back.version)
    complete(appointment_id=booked.id, actor="test", version=arrived.version)
    assert told() == ["CONFIRMATION"]


def test_visits_of_a_series(within, told):
    held = hold(slot_id=within.slot(), patient_id=within.pat, **BY)
    slots = [within.slot(after=60), within.slot(after=120)]
    made = book_series(
        appointment_id=held.id, version=held.version, slot_ids=slots, actor="test", key=Key("series", "print")
    )
    assert told() == ["CONFIRMATION"] * 3
    cancel_following(appointment_id=made.visits[1], actor="test")
    assert told() == ["CONFIRMATION"] * 3 + ["CANCELLATION"] * 2


def test_an_offer_and_a_yes(within, told):
    wish = {"first_day": date(2031, 3, 3), "last_day": date(2031, 3, 3)}
    entry = waitlist.add_entry(patient_id=within.pat, type_id=within.type_id, **wish)
    offer = waitlist.make_offer(entry_id=entry, slot_id=within.slot(DAY + timedelta(hours=9)), actor="test")
    waitlist.accept_offer(offer_id=offer.id, actor="test")
    assert told() == ["OFFER", "CONFIRMATION"]


def test_nothing_is_said_of_what_is_past(within, told):
    book(slot_id=within.slot(datetime(2020, 3, 3, 9, tzinfo=UTC)), patient_id=within.pat, **BY)
    assert told() == []


def test_the_outbox_knows_neither_address_nor_name(within, records):
    columns = {
        row.column_name
        for row in records.rows("SELECT column_name FROM information_schema.columns WHERE table_name = 'messages'")
    }
    assert not columns & {"email", "phone", "address", "to", "subject", "body", "text", "name", "patient_id"}


def test_who_books_for_many_is_told_of_each(within, told):
    other = add_patient(full_name="Bo Lee", email="bo@mail.example")
    book(slot_id=within.slot(), patient_id=within.pat, **BY)
    book(slot_id=within.slot(after=60), patient_id=other, **BY)
    assert told() == ["CONFIRMATION"] * 2
