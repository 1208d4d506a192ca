"""Letters over real SMTP, to a server that may misbehave, by a worker that may die."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from tests.conftest import make_clinic
from tests.jobs.conftest import BY, only_id, send
from webapp.core.mail import Refused, SmtpPost
from webapp.core.sms import NoSms
from webapp.core.tenancy import tenant_scope
from webapp.jobs.delivery import deliver_due
from webapp.rules.delivery import MOST_TRIES, pause_after
from webapp.rules.people import NewPatient
from webapp.services.booking import book
from webapp.services.messages import LEASE, lease_next, mark_sent, put_off


def test_a_server_that_is_away_is_tried_again_later(within, booked, sink, log, wait):
    send(SmtpPost("smtp://127.0.0.1:1", timeout=1, needs_tls=False))
    assert log() == [("CONFIRMATION", "QUEUED", "connection")]
    send(sink.post())
    assert sink.letters.got == []  # it waits first
    wait()
    send(sink.post())
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_a_letter_that_is_put_off_keeps_its_name(within, booked, sink, log, wait):
    answers = iter(["lost 451 come back", "250 OK"])
    sink.letters.mood = lambda _server: next(answers)
    send(sink.post())
    assert log() == [("CONFIRMATION", "QUEUED", "451")]
    wait()
    send(sink.post())
    assert log() == [("CONFIRMATION", "SENT", None)]
    assert message_uuid(sink.letters.got[0]) == str(only_id(within))


def test_a_server_that_hangs_up_after_taking_the_letter_gets_it_again_under_the_same_name(
    within, booked, sink, log, wait
):
    def take_and_die(server) -> str:
        server.transport.abort()
        return "250 OK"

    sink.letters.mood = take_and_die
    send(sink.post())
    assert log() == [("CONFIRMATION", "QUEUED", "connection")]
    sink.letters.mood = lambda _server: "250 OK"
    wait()
    send(sink.post())
    assert len(sink.letters.got) == 2
    assert len(sink.letters.ids) == 1


def test_whoever_dies_between_sending_and_writing_it_down_sends_it_again_under_the_same_name(
    within, booked, sink, log, wait
):
    class Dies(BaseException):
        """As a kill does: nothing after it runs."""

    class Fatal(SmtpPost):
        def send(self, letter) -> None:
            super().send(letter)
            raise Dies

    with pytest.raises(Dies):
        send(Fatal(f"smtp://127.0.0.1:{sink.port}", timeout=5, needs_tls=False))
    assert log() == [("CONFIRMATION", "SENDING", None)]
    send(sink.post())
    assert len(sink.letters.got) == 1  # the lease still runs
    wait()
    send(sink.post())
    assert log() == [("CONFIRMATION", "SENT", None)]
    assert list(sink.letters.ids.values()) == [2]


def test_a_lease_that_ran_out_decides_nothing(within, booked, wait, log):
    first = lease_next()
    wait()
    second = lease_next()
    assert (first.id, first.attempt + 1) == (second.id, second.attempt)
    put_off(lease=first, error="late", for_good=True)
    mark_sent(lease=first)
    assert log() == [("CONFIRMATION", "SENDING", None)]
    mark_sent(lease=second)
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_an_address_that_is_refused_has_failed_at_once(within, booked, sink, log):
    sink.letters.refuse.add("pat@mail.example")
    send(sink.post())
    assert log() == [("CONFIRMATION", "FAILED", "550")]


def test_what_never_goes_out_fails_in_the_end(within, booked, sink, log, wait):
    sink.letters.mood = lambda _server: "lost 451 come back"
    for _ in range(MOST_TRIES + 2):
        send(sink.post())
        wait()
    assert log() == [("CONFIRMATION", "FAILED", "451")]


def test_whoever_dies_each_time_has_failed_in_the_end(within, booked, wait, log):
    while lease_next():
        wait()
    assert log() == [("CONFIRMATION", "FAILED", "given up")]


def test_pauses_grow_and_scatter():
    pauses = [pause_after(tries, chance=0.5) for tries in range(1, MOST_TRIES)]
    assert pauses == sorted(pauses)
    assert pause_after(3, chance=0) < pauses[2] < pause_after(3, chance=1)
    assert sum(pauses, timedelta()) > timedelta(days=1)
    assert timedelta(minutes=2) < LEASE


def test_one_clinics_bad_mail_keeps_no_other_waiting(app, sink, records):
    clinics = [make_clinic("first"), make_clinic("second")]
    for clinic, address in zip(clinics, ("not an address\u0000", "good@mail.example"), strict=True):
        with tenant_scope(clinic.id):
            patient = NewPatient("Bo Lee", email=address.replace("\u0000", " @@"))
            book(slot_id=clinic.slot(), new_patient=patient, **BY)
    everybody_else = "UPDATE messages SET status = 'SKIPPED' WHERE status <> 'SENT' AND tenant_id NOT IN (:one, :other)"
    records.rows(everybody_else, one=clinics[0].id, other=clinics[1].id)
    with app.app_context():
        deliver_due(sink.post(), NoSms())
    states = [
        records.one("SELECT status, error FROM messages WHERE tenant_id = :id", id=clinic.id) for clinic in clinics
    ]
    assert [tuple(state) for state in states] == [("FAILED", "address"), ("SENT", None)]


def test_what_the_server_says_to_a_letter_is_passed_on(sink):
    letter = EmailMessage()
    letter["From"], letter["To"] = "a@clinic.example", "b@mail.example"
    sink.letters.mood = lambda _server: "250 fine, as 42"
    post = sink.post()
    assert post.send(letter) == "250 fine, as 42"
    sink.letters.mood = lambda _server: "552 too much"
    with pytest.raises(Refused) as refused:
        post.send(letter)
    assert (refused.value.code, refused.value.answer) == ("552", "552 too much")
    post.close()


def message_uuid(letter) -> str:
    return str(letter["Message-ID"]).strip("<>").partition("@")[0]
