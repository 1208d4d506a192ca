"""What stands in a letter: the visit, its link, its calendar, in whose words and language."""

from datetime import timedelta

from tests.jobs.conftest import BY, file_of, send
from webapp.queries.clinics import find_clinic
from webapp.queries.manage_links import managed_by
from webapp.rules.letters import Words
from webapp.rules.people import NewPatient
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule
from webapp.services.letters import set_words
from webapp.web.letters import in_language, show
from webapp.web.wording import house_words


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


def test_the_calendar_follows_the_visit(within, booked, sink, wait):
    send(sink.post())
    reschedule(appointment_id=booked.id, slot_id=within.slot(after=60), version=1, **BY)
    wait()
    send(sink.post())
    cancel(appointment_id=booked.id, actor="test")
    wait()
    send(sink.post())
    files = [file_of(letter) for letter in sink.letters.got]
    events = [file.walk("VEVENT")[0] for file in files]
    assert [str(file["method"]) for file in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["uid"]) for event in events} == {f"{booked.id}@holdfast"}
    sequences = [event["sequence"] for event in events]
    assert sequences == sorted(set(sequences))
    assert events[1].decoded("dtstart") == booked.start_time + timedelta(hours=1)


def test_the_clinics_own_words_go_out(within, booked, sink):
    words = Words("See you on {date}", "Here: {place}\n{date}, {time}\n\nPress {link} to change it.")
    set_words(kind="CONFIRMATION", channel="EMAIL", language="en", words=words, seen="", actor="test")
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
    set_words(kind="CONFIRMATION", channel="EMAIL", language="de", words=words, seen="", actor="test")
    send(sink.post())
    assert sink.letters.got[0]["Subject"].startswith("Your visit on ")


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
