"""The visit as a file for the patient's own calendar."""

from icalendar import Calendar

from tests.blueprints.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import reschedule


def event_of(visitor, own):
    response = visitor.client.get(visitor.url(f"{own.path}/visit.ics"))
    assert response.status_code == 200
    assert response.mimetype == "text/calendar"
    assert "attachment" in response.headers["Content-Disposition"]
    book = Calendar.from_ical(response.data)
    return book, book.events[0]


def test_it_is_linked_and_opens(visitor, own, records):
    link = visitor.get(own.path).one("[href$='.ics']")["href"]
    assert link.endswith(f"{own.path}/visit.ics")
    book, event = event_of(visitor, own)
    assert str(book["method"]) == "PUBLISH"
    assert event.start == records.appointment(own.id).start_time


def test_moved_it_is_the_same_event_and_a_later_one(visitor, own):
    _book, before = event_of(visitor, own)
    later = visitor.clinic.slot(soon(days=3))
    with tenant_scope(visitor.clinic.id):
        reschedule(appointment_id=own.id, version=1, slot_id=later, actor="test", source="DESK")
    _book, after = event_of(visitor, own)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.start == soon(days=3)


def test_cancelled_it_takes_the_event_out(visitor, own):
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=own.id, actor="test")
    book, _event = event_of(visitor, own)
    assert str(book["method"]) == "CANCEL"


def test_without_the_link_there_is_none(visitor, own):
    assert visitor.get("/visit/nothing/visit.ics").status == 404


def test_wrong_method(visitor, own):
    assert visitor.post(f"{own.path}/visit.ics").status == 405
