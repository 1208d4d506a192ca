"""What leaves the outbox and what does not any more, by the time it would be sent; and to whom."""

import pytest

from tests.jobs.conftest import BY, file_of, only_id, send
from webapp.core.mail import NoPost, Refused
from webapp.queries.outbox import clinics_with_mail
from webapp.rules.people import NewPatient
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule
from webapp.services.messages import send_again
from webapp.services.patients import change_patient
from webapp.services.undo import undo


def test_nothing_is_sent_twice(within, booked, sink, log):
    for _ in range(3):
        send(sink.post())
    assert len(sink.letters.got) == 1


def test_what_was_cancelled_meanwhile_is_not_confirmed(within, booked, sink, log):
    cancel(appointment_id=booked.id, actor="test", notify=False)
    send(sink.post())
    assert sink.letters.got == []
    assert log() == [("CONFIRMATION", "SKIPPED", "cancelled")]


def test_a_cancellation_that_was_taken_back_is_not_told(within, booked, sink, log, wait):
    over = cancel(appointment_id=booked.id, actor="test")
    undo(appointment_id=booked.id, version=over.version, **BY)
    wait()
    send(sink.post())
    assert log() == [
        ("CONFIRMATION", "SKIPPED", "superseded"),
        ("CANCELLATION", "SKIPPED", "undone"),
        ("CONFIRMATION", "SENT", None),
    ]


def test_the_newest_word_is_the_one_that_goes_out(within, booked, sink, log, wait):
    moved = reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, **BY)
    wait()
    send(sink.post())
    (letter,) = sink.letters.got
    assert letter["Subject"].startswith("Changed")
    assert file_of(letter).walk("VEVENT")[0].decoded("dtstart") == moved.start_time
    assert log() == [("CONFIRMATION", "SKIPPED", "superseded"), ("CHANGE", "SENT", None)]


def test_a_visit_that_has_begun_is_not_spoken_of(within, booked, sink, log, records):
    records.rows(
        """UPDATE appointments SET status = 'CANCELLED', start_time = now() - interval '2 minutes',
           end_time = now() + interval '9 minutes', time_slot_id = NULL, slot_capacity = NULL WHERE id = :id""",
        id=booked.id,
    )
    send(sink.post())
    assert log() == [("CONFIRMATION", "SKIPPED", "over")]


def test_the_address_is_the_one_of_today(within, booked, sink):
    change_patient(
        patient_id=within.pat,
        version=1,
        full_name="Pat Doe",
        email="new@mail.example",
        phone=None,
        date_of_birth=None,
        notes=None,
        actor="test",
    )
    send(sink.post())
    assert [letter["To"] for letter in sink.letters.got] == ["new@mail.example"]


def test_who_has_no_address_any_more_is_not_written_to(within, booked, sink, log, records):
    records.rows("UPDATE patients SET email = NULL, phone = NULL WHERE id = :id", id=within.pat)
    send(sink.post())
    assert log() == [("CONFIRMATION", "SKIPPED", "no address")]


def test_staff_send_it_again_as_a_message_of_its_own(within, booked, sink, log):
    send(sink.post())
    (first,) = sink.letters.got
    send_again(message_id=only_id(within))
    send(sink.post())
    assert len(sink.letters.ids) == 2
    assert first["Message-ID"] in sink.letters.ids
    assert log() == [("CONFIRMATION", "SENT", None)] * 2


def test_only_clinics_with_something_due_are_looked_at(within, booked, sink):
    assert within.id in clinics_with_mail()
    send(sink.post())
    assert within.id not in clinics_with_mail()


def test_a_head_cannot_be_forged(app, within, sink, log):
    patient = NewPatient("Bo Lee", email="bo@mail.example\nBcc: all@mail.example")
    book(slot_id=within.slot(), new_patient=patient, **BY)
    with app.app_context():
        send(sink.post())
    assert sink.letters.got == []
    assert log() == [("CONFIRMATION", "FAILED", "address")]
    with pytest.raises(Refused):
        NoPost().open()
