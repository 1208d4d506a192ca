"""Priority and the desk's note: checked against the version seen, told in events."""

import pytest

from webapp.core.errors import Conflict, StaleVersion
from webapp.services.amend import set_priority, write_note
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule

BY = {"actor": "user:olga"}


@pytest.fixture
def booked(within):
    return book(slot_id=within.slot(), patient_id=within.pat, source="DESK", **BY).id


def detail(records, appointment_id):
    return records.rows(
        "SELECT detail FROM appointment_events WHERE appointment_id = :id ORDER BY created_at, id", id=appointment_id
    )[-1].detail


def test_priority_is_told_from_what_to_what(booked, records):
    assert set_priority(appointment_id=booked, priority="VIP", version=1, **BY).version == 2
    assert records.appointment(booked).priority == "VIP"
    assert detail(records, booked) == {"from": "NORMAL", "to": "VIP"}


def test_a_note_is_kept_and_its_words_stay_out_of_the_events(booked, records):
    write_note(appointment_id=booked, note="pays in cash", version=1, **BY)
    assert records.appointment(booked).note == "pays in cash"
    assert records.events(booked) == ["BOOKED", "NOTED"]
    assert detail(records, booked) == {"empty": False}
    write_note(appointment_id=booked, note="", version=2, **BY)
    assert records.appointment(booked).note is None


def test_the_same_again_is_no_change(booked, records):
    set_priority(appointment_id=booked, priority="NORMAL", version=7, **BY)
    write_note(appointment_id=booked, note="", version=7, **BY)
    assert records.events(booked) == ["BOOKED"]


def test_a_stale_change_is_refused(booked, records):
    write_note(appointment_id=booked, note="first", version=1, **BY)
    with pytest.raises(StaleVersion):
        write_note(appointment_id=booked, note="second", version=1, **BY)
    with pytest.raises(StaleVersion):
        set_priority(appointment_id=booked, priority="VIP", version=1, **BY)
    assert records.appointment(booked).note == "first"


def test_nothing_is_urgent_about_what_was_cancelled(booked):
    cancel(appointment_id=booked, **BY)
    with pytest.raises(Conflict):
        set_priority(appointment_id=booked, priority="URGENT", version=2, **BY)


@pytest.mark.parametrize("notify", [True, False])
def test_a_move_remembers_whether_to_tell_the_patient(booked, within, records, notify):
    reschedule(appointment_id=booked, slot_id=within.slot(after=60), version=1, source="DESK", notify=notify, **BY)
    assert detail(records, booked)["notify"] is notify
