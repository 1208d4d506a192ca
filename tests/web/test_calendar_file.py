"""Calendar files, read by two parsers that are not ours."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import icalendar
import pytest
import vobject

from tests.clock_changes import CHANGES
from webapp.queries.appointments import find_appointment
from webapp.queries.clinics import find_clinic
from webapp.services.appointments import cancel
from webapp.services.booking import book, reschedule
from webapp.services.undo import undo
from webapp.web.calendar_file import calendar_file

NOW = datetime(2031, 3, 1, 12, tzinfo=UTC)
ASKED = {"actor": "test", "source": "DESK"}


@pytest.fixture
def file_of(app, within):
    """The calendar file of an appointment as it stands."""

    def make(appointment_id: UUID, **people: str) -> bytes:
        with app.app_context():
            return calendar_file(find_appointment(appointment_id), find_clinic(within.id), now=NOW, **people)

    return make


def event_of(file: bytes) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(file).walk("VEVENT")
    return event


def method_of(file: bytes) -> str:
    return str(icalendar.Calendar.from_ical(file)["method"])


def test_both_parsers_read_the_same(within, file_of):
    made = book(slot_id=within.slot(), patient_id=within.pat, type_id=within.type_id, **ASKED)
    file = file_of(made.id)
    one, other = event_of(file), vobject.readOne(file.decode()).vevent
    assert one["uid"] == other.uid.value == f"{made.id}@holdfast"
    assert one.decoded("dtstart") == other.dtstart.value == made.start_time
    assert one.decoded("dtend") == other.dtend.value == made.end_time
    assert one.decoded("dtstamp") == NOW
    assert str(one["sequence"]) == other.sequence.value == "1"
    assert one["status"] == "CONFIRMED"
    assert method_of(file) == "PUBLISH"


def test_it_says_where_and_not_why(within, file_of):
    made = book(slot_id=within.slot(), patient_id=within.pat, type_id=within.type_id, **ASKED)
    text = file_of(made.id).decode()
    assert "Harbour" in text
    for secret in ("Consultation", "General practice", "Weiss", "Pat Doe"):
        assert secret not in text


def test_a_move_keeps_the_event_and_raises_its_sequence(within, file_of):
    made = book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    before = event_of(file_of(made.id))
    moved = reschedule(appointment_id=made.id, slot_id=within.slot(after=60), version=made.version, **ASKED)
    after = event_of(file_of(made.id))
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.decoded("dtstart") == moved.start_time == made.start_time + timedelta(hours=1)


def test_a_cancelled_visit_leaves_the_calendar_and_an_undo_brings_it_back(within, file_of):
    made = book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    booked = event_of(file_of(made.id))
    over = cancel(appointment_id=made.id, actor="test")
    file = file_of(made.id, organizer="book@clinic.example", attendee="pat@mail.example")
    gone = event_of(file)
    assert (method_of(file), gone["status"]) == ("CANCEL", "CANCELLED")
    assert gone["uid"] == booked["uid"]
    assert gone["sequence"] > booked["sequence"]
    undo(appointment_id=made.id, version=over.version, **ASKED)
    back = file_of(made.id, organizer="book@clinic.example", attendee="pat@mail.example")
    assert method_of(back) == "REQUEST"
    assert event_of(back)["sequence"] > gone["sequence"]


def test_what_is_sent_names_who_asks_whom(within, file_of):
    made = book(slot_id=within.slot(), patient_id=within.pat, **ASKED)
    file = file_of(made.id, organizer="book@clinic.example", attendee="pat@mail.example")
    event = event_of(file)
    assert method_of(file) == "REQUEST"
    assert event["organizer"] == "mailto:book@clinic.example"
    assert event["attendee"] == "mailto:pat@mail.example"
    assert event["attendee"].params["rsvp"] == "FALSE"  # nothing is asked back
    assert vobject.readOne(file.decode()).vevent.attendee.value == "mailto:pat@mail.example"


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_on_days_when_the_clocks_change(within, file_of, change):
    for start in change.starts:
        made = book(slot_id=within.slot(start, minutes=15), **ASKED)
        file = file_of(made.id)
        event, other = event_of(file), vobject.readOne(file.decode()).vevent
        assert event.decoded("dtstart") == other.dtstart.value == start
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=15)
        assert b"TZID" not in file
