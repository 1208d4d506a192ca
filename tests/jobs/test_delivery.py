"""What leaves the outbox: over real SMTP, to a server that may misbehave."""

import json
import threading
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from uuid import UUID

import icalendar
import pytest
from sqlalchemy import text

from tests.conftest import make_clinic
from webapp.core.mail import ConsolePost, NoPost, Refused, SmtpPost
from webapp.core.sms import ConsoleSms, HttpSms, NoSms
from webapp.core.tenancy import tenant_scope
from webapp.core.transactions import reading
from webapp.jobs.delivery import deliver_due, take_turn
from webapp.queries.clinics import find_clinic
from webapp.queries.manage_links import managed_by
from webapp.queries.outbox import clinics_with_mail
from webapp.rules.delivery import MOST_TRIES, pause_after
from webapp.rules.letters import Words
from webapp.rules.people import NewPatient
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule
from webapp.services.letters import set_words
from webapp.services.messages import LEASE, lease_next, mark_sent, put_off, send_again
from webapp.services.patients import add_patient, change_patient
from webapp.services.undo import undo
from webapp.web.letters import in_language, show
from webapp.web.wording import house_words

BY = {"actor": "test", "source": "DESK"}


@pytest.fixture
def booked(app, within):
    with app.app_context():
        yield book(slot_id=within.slot(), patient_id=within.pat, type_id=within.type_id, **BY)


@pytest.fixture
def log(records, within):
    """(kind, status, error) of each message, oldest first."""

    def read() -> list[tuple[str, str, str | None]]:
        query = "SELECT kind, status, error FROM messages WHERE tenant_id = :id ORDER BY created_at"
        return [tuple(row) for row in records.rows(query, id=within.id)]

    return read


@pytest.fixture
def wait(records, within):
    """Let time pass: everything that waits is due."""

    def pass_by() -> None:
        records.rows(
            """UPDATE messages SET due_at = clock_timestamp() - interval '1 second'
               WHERE tenant_id = :id AND status IN ('QUEUED', 'SENDING')""",
            id=within.id,
        )

    return pass_by


def send(post, gateway=None) -> None:
    try:
        take_turn(post, gateway or NoSms())
    finally:
        post.close()


def test_a_booking_arrives(app, within, booked, sink, log):
    send(sink.post())
    (letter,) = sink.letters.got
    assert letter["To"] == "pat@mail.example"
    assert letter["From"].addresses[0].display_name == "Harbour"
    assert "3 March 2031" in letter["Subject"].replace("March 3, 2031", "3 March 2031")
    words = letter.get_body(("plain",)).get_content()
    assert "Harbour" in words
    assert letter["Auto-Submitted"] == "auto-generated"
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_it_says_when_and_where_and_not_what_for(within, booked, sink):
    send(sink.post())
    (letter,) = sink.letters.got
    for part in letter.walk():
        if part.get_content_maintype() == "text":
            for secret in ("Consultation", "General practice", "Weiss", "Pat Doe", "user_pat"):
                assert secret not in part.get_content()


def test_its_link_opens_the_visit(app, within, booked, sink):
    send(sink.post())
    words = sink.letters.got[0].get_body(("plain",)).get_content()
    link = next(word for word in words.split() if "/visit/" in word)
    assert managed_by(link.rpartition("/")[2]) == booked.id
    assert link in sink.letters.got[0].get_body(("html",)).get_content()


def test_the_calendar_follows_the_visit(within, booked, sink):
    send(sink.post())
    reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, **BY)
    send(sink.post())
    cancel(appointment_id=booked.id, actor="test")
    send(sink.post())
    files = [file_of(letter) for letter in sink.letters.got]
    events = [file.walk("VEVENT")[0] for file in files]
    assert [str(file["method"]) for file in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["uid"]) for event in events} == {f"{booked.id}@holdfast"}
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    assert events[1].decoded("dtstart") == booked.start_time + timedelta(hours=1)


def file_of(letter) -> icalendar.Calendar:
    (attached,) = letter.iter_attachments()
    shown = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert shown.get_content() == attached.get_content()
    calendar = icalendar.Calendar.from_ical(attached.get_content())
    assert shown["Content-Type"].params["method"] == str(calendar["method"])
    return calendar


def test_nothing_is_sent_twice(within, booked, sink, log):
    for _ in range(3):
        send(sink.post())
    assert len(sink.letters.got) == 1


def test_what_was_cancelled_meanwhile_is_not_confirmed(within, booked, sink, log):
    cancel(appointment_id=booked.id, actor="test", notify=False)
    send(sink.post())
    assert sink.letters.got == []
    assert log() == [("CONFIRMATION", "SKIPPED", "cancelled")]


def test_a_cancellation_that_was_taken_back_is_not_told(within, booked, sink, log):
    over = cancel(appointment_id=booked.id, actor="test")
    undo(appointment_id=booked.id, version=over.version, **BY)
    send(sink.post())
    assert log() == [
        ("CONFIRMATION", "SKIPPED", "superseded"),
        ("CANCELLATION", "SKIPPED", "stands again"),
        ("CONFIRMATION", "SENT", None),
    ]


def test_the_newest_word_is_the_one_that_goes_out(within, booked, sink, log):
    moved = reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, **BY)
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


def test_only_clinics_with_something_due_are_looked_at(within, booked, sink):
    assert within.id in clinics_with_mail()
    send(sink.post())
    assert within.id not in clinics_with_mail()


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


def test_the_clinics_own_words_go_out(within, booked, sink):
    words = Words("See you on {date}", "Here: {place}\n{date}, {time}\n\nPress {link} to change it.")
    set_words(kind="CONFIRMATION", channel="EMAIL", language="en", words=words, seen="")
    send(sink.post())
    (letter,) = sink.letters.got
    assert letter["Subject"].startswith("See you on ")
    text = letter.get_body(("plain",)).get_content()
    assert "Your visit is booked." not in text
    link = next(word for word in text.split() if "/visit/" in word)
    page = letter.get_body(("html",)).get_content()
    assert f'Press <a href="{link}">{link}</a> to change it.' in page


def test_words_of_another_language_leave_the_houses_alone(within, booked, sink):
    words = Words("Bis {date}", "{date} {time} {link}")
    set_words(kind="CONFIRMATION", channel="EMAIL", language="de", words=words, seen="")
    send(sink.post())
    assert sink.letters.got[0]["Subject"].startswith("Your visit on ")


def test_staff_send_it_again_as_a_message_of_its_own(within, booked, sink, log):
    send(sink.post())
    (first,) = sink.letters.got
    send_again(message_id=only_id(within))
    send(sink.post())
    assert len(sink.letters.ids) == 2
    assert first["Message-ID"] in sink.letters.ids
    assert log() == [("CONFIRMATION", "SENT", None)] * 2


def test_without_a_mail_server_it_says_so(within, booked, log):
    send(NoPost())
    assert log() == [("CONFIRMATION", "FAILED", "not set up")]


def test_the_demo_shows_what_it_would_send(within, booked, log):
    shown = StringIO()
    send(ConsolePost(shown))
    assert "To: pat@mail.example" in shown.getvalue()
    assert "/visit/" in shown.getvalue()
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_in_the_patients_language_and_direction(app, within, sink):
    patient = NewPatient("Bo Lee", email="bo@mail.example", locale="ar")
    book(slot_id=within.slot(), new_patient=patient, **BY)
    with app.app_context():
        send(sink.post())
    page = sink.letters.got[0].get_body(("html",)).get_content()
    assert 'dir="rtl"' in page or 'lang="en"' in page  # until there is an Arabic catalogue


def test_a_phone_number_reads_from_left_to_right_in_every_language(app, within, records):
    records.rows("UPDATE tenants SET phone = '+49 40 1234' WHERE id = :id", id=within.id)
    letter = {"kind": "CONFIRMATION", "channel": "EMAIL"}
    with app.app_context(), in_language(find_clinic(within.id), "ar"):
        assert "\u2066+49 40 1234\u2069" in show(house_words(**letter), **letter).text
    with app.app_context(), in_language(find_clinic(within.id), "de"):
        assert "\u2066" not in show(house_words(**letter), **letter).text


def test_by_sms_where_there_is_no_mail(app, within, log):
    add = add_patient(full_name="Bo Lee", phone="+4930901821")
    book(slot_id=within.slot(), patient_id=add, **BY)
    shown = StringIO()
    with app.app_context():
        send(NoPost(), ConsoleSms(shown))
    assert "To: +4930901821" in shown.getvalue()
    assert log() == [("CONFIRMATION", "SENT", None)]


def test_a_gateway_gets_the_key_and_says_what_it_thinks():
    seen, answers = [], iter([503, 200, 400])

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.headers["Idempotency-Key"], self.headers["Authorization"], json.loads(body)))
            self.send_response(next(answers))
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Silent."""

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        gateway = HttpSms(f"http://127.0.0.1:{server.server_port}/messages", "token", timeout=5)
        errors = []
        for _ in range(3):
            try:
                gateway.send(to="+49301", text="Hello", key="k1")
            except Exception as error:
                errors.append((type(error).__name__, str(error)))
        server.shutdown()
    assert seen == [("k1", "Bearer token", {"to": "+49301", "text": "Hello"})] * 3
    assert errors == [("Delayed", "503"), ("Refused", "400")]


def test_a_head_cannot_be_forged(app, within, sink, log):
    patient = NewPatient("Bo Lee", email="bo@mail.example\nBcc: all@mail.example")
    book(slot_id=within.slot(), new_patient=patient, **BY)
    with app.app_context():
        send(sink.post())
    assert sink.letters.got == []
    assert log() == [("CONFIRMATION", "FAILED", "address")]
    with pytest.raises(Refused):
        NoPost().open()


def message_uuid(letter) -> str:
    return str(letter["Message-ID"]).strip("<>").partition("@")[0]


def only_id(within) -> UUID:
    with reading() as connection:
        return connection.scalar(text("SELECT id FROM messages WHERE tenant_id = :id"), {"id": within.id})
