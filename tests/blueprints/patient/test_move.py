"""A patient moves a visit by its link: days, times, and one question; the old time stays until the new one is taken."""

from uuid import uuid4

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import booked, set_rule
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book, hold, reschedule

ASKED = {"actor": "user:olga", "source": "DESK"}


@pytest.fixture
def other_slots(visitor):
    """Four times on the day after."""
    return [visitor.clinic.slot(soon(days=3), after=30 * number) for number in range(4)]


def asking(visitor, own, slot):
    return visitor.get(f"{own.path}/move/to/{slot}")


def test_days_then_times_then_the_question(visitor, own, other_slots, records):
    days = visitor.get(visitor.get(own.path).one("[href$='/move']")["href"])
    assert "Your visit stays at" in days.text
    (day,) = days.soup.select("a.choice")
    assert "4 times free" in day.get_text()
    times = visitor.get(day["href"])
    assert [time.strong.get_text(strip=True).replace("\u202f", " ") for time in times.soup.select("a.time")] == [
        "9:00 AM",
        "9:30 AM",
        "10:00 AM",
        "10:30 AM",
    ]
    question = visitor.get(times.soup.select("a.time")[1]["href"])
    assert question.heading == "Move your visit to this time?"
    assert records.appointment(own.id).time_slot_id == own.slot
    page = visitor.submit(question, str(other_slots[1]))
    assert page.path.endswith(own.path)
    assert "Your visit is moved to" in page.text
    assert "9:30 AM – 10:00 AM" in page.text
    assert records.appointment(own.id).time_slot_id == other_slots[1]
    assert records.slot(own.slot).status == "AVAILABLE"
    (event,) = records.rows(
        "SELECT actor FROM appointment_events WHERE appointment_id = :id AND event_type = 'RESCHEDULED'", id=own.id
    )
    assert event.actor == "patient"


def test_double_click_back_and_refresh_move_once(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    pages = [visitor.submit(question, str(other_slots[0])) for _time in range(3)]
    assert {(page.status, page.heading) for page in pages} == {(200, "Your visit is booked")}
    assert asking(visitor, own, other_slots[0]).path.endswith(own.path)
    assert records.events(own.id).count("RESCHEDULED") == 1


def test_a_lost_race_keeps_the_old_time_and_offers_three(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    with tenant_scope(visitor.clinic.id):
        hold(slot_id=other_slots[0], **ASKED)
    sent = visitor.post(question.path, question.form(str(other_slots[0])), follow_redirects=False)
    assert sent.status == 303
    for page in (visitor.get(sent.response.location), asking(visitor, own, other_slots[0])):
        assert (page.status, page.heading) == (409, "This time is gone")
        assert "Your visit stays where it was" in page.text
        assert [button["formaction"].rsplit("/", 1)[1] for button in page.soup.select("button.choice")] == [
            str(slot) for slot in other_slots[1:]
        ]
    assert records.appointment(own.id).time_slot_id == own.slot


def test_after_a_lost_race_one_press_moves(visitor, own, other_slots, records):
    """No question stands between the loser and the next time, so that nobody is faster a second time."""
    question = asking(visitor, own, other_slots[0])
    with tenant_scope(visitor.clinic.id):
        hold(slot_id=other_slots[0], **ASKED)
    lost = visitor.submit(question, str(other_slots[0]))
    button = lost.soup.select("button.choice")[1]
    for _time in range(2):
        page = visitor.post(button["formaction"], {"version": lost.value("version")})
        assert (page.status, page.heading) == (200, "Your visit is booked")
    assert records.appointment(own.id).time_slot_id == other_slots[2]
    assert records.events(own.id).count("RESCHEDULED") == 1


def test_who_loses_the_next_time_too_is_offered_what_is_left(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    with tenant_scope(visitor.clinic.id):
        hold(slot_id=other_slots[0], **ASKED)
    lost = visitor.submit(question, str(other_slots[0]))
    with tenant_scope(visitor.clinic.id):
        hold(slot_id=other_slots[1], **ASKED)
    again = visitor.post(lost.soup.select("button.choice")[0]["formaction"], {"version": lost.value("version")})
    assert (again.status, again.heading) == (409, "This time is gone")
    assert len(again.soup.select("button.choice")) == 2
    assert records.appointment(own.id).time_slot_id == own.slot


def test_with_nothing_else_free_there_is_a_way_on(visitor, own, records):
    only = visitor.clinic.slot(soon(days=3))
    question = asking(visitor, own, only)
    with tenant_scope(visitor.clinic.id):
        hold(slot_id=only, **ASKED)
    page = visitor.submit(question, str(only))
    assert page.status == 409
    assert page.soup.select("[href$='/move']")
    empty = visitor.get(f"{own.path}/move")
    assert "No time is free until" in empty.text
    assert "Nothing is free on this day" in visitor.get(f"{own.path}/move/{soon(days=3).date()}").text


def test_what_the_clinic_moved_meanwhile_is_not_moved_unseen(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    with tenant_scope(visitor.clinic.id):
        reschedule(appointment_id=own.id, version=1, slot_id=other_slots[3], **ASKED)
    page = visitor.submit(question, str(other_slots[0]))
    assert page.status == 409
    assert "The clinic changed this visit a moment ago." in page.one("[role=alert]").get_text()
    assert records.appointment(own.id).time_slot_id == other_slots[3]


def test_what_the_clinic_cancelled_meanwhile_is_not_moved(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    with tenant_scope(visitor.clinic.id):
        cancel(appointment_id=own.id, actor="user:olga")
    page = visitor.submit(question, str(other_slots[0]))
    assert (page.status, page.heading) == (409, "This visit was cancelled")
    assert records.slot(other_slots[0]).status == "AVAILABLE"


def test_after_the_cut_off_nothing_is_moved(visitor, own, other_slots, records):
    question = asking(visitor, own, other_slots[0])
    set_rule(records, visitor, move_cutoff_minutes=3 * 24 * 60)
    late = visitor.submit(question, str(other_slots[0]))
    assert late.status == 409
    assert "Online moving here ends 3 days before" in late.one("[role=alert]").get_text()
    for path in ("move", f"move/{soon(days=3).date()}", f"move/to/{other_slots[0]}"):
        assert visitor.get(f"{own.path}/{path}").path.endswith(own.path)
    assert records.appointment(own.id).time_slot_id == own.slot


def test_only_times_that_patients_may_book(visitor, own, other_slots, records):
    set_rule(records, visitor, horizon_days=2)
    assert not visitor.get(f"{own.path}/move").soup.select("a.choice")
    assert asking(visitor, own, other_slots[0]).status == 409
    page = visitor.post(f"{own.path}/move/to/{other_slots[0]}", {"version": 1})
    assert page.status == 409
    assert records.appointment(own.id).time_slot_id == own.slot


def test_the_page_says_until_when_and_the_two_cut_offs_are_two(visitor, own, records):
    set_rule(records, visitor, move_cutoff_minutes=60, cancel_cutoff_minutes=3 * 24 * 60)
    page = visitor.get(own.path)
    assert "You can move it here until" in page.text
    assert page.soup.select("[href$='/move']")
    assert not page.soup.select("[href$='/cancel']")


def test_where_patients_do_not_book_themselves_they_call_to_move(visitor, own, other_slots, records):
    set_rule(records, visitor, public_booking=False)
    page = visitor.get(own.path)
    assert not page.soup.select("[href$='/move']")
    assert page.soup.select("[href$='/cancel']")
    assert visitor.post(f"{own.path}/move/to/{other_slots[0]}", {"version": 1}).status == 409
    assert records.appointment(own.id).time_slot_id == own.slot


def test_it_stays_with_the_specialist_unless_another_is_asked_for(visitor, own, other_slots):
    ruth = colleague(visitor.clinic)
    theirs = ruth.slot(soon(days=4))
    days = visitor.get(f"{own.path}/move")
    assert len(days.soup.select("a.choice")) == 1
    anybody = visitor.get(f"{own.path}/move?with=")
    assert len(anybody.soup.select("a.choice")) == 2
    assert asking(visitor, own, theirs).status == 200
    with_ruth = visitor.get(f"{own.path}/move?with={ruth.specialist_id}")
    assert [link["href"].split("/")[-1].split("?")[0] for link in with_ruth.soup.select("a.choice")] == [
        str(soon(days=4).date())
    ]


def test_a_visit_without_a_type_stays_with_its_specialist(visitor, records):
    typeless = booked(visitor.clinic, visitor.clinic.slot(soon(days=2)), type_id=None)
    mine, theirs = visitor.clinic.slot(soon(days=3)), colleague(visitor.clinic).slot(soon(days=3))
    assert asking(visitor, typeless, theirs).status == 409
    visitor.submit(asking(visitor, typeless, mine), str(mine))
    assert records.appointment(typeless.id).time_slot_id == mine


def test_the_length_the_clinic_gave_it_stays(visitor, own, other_slots, records):
    with tenant_scope(visitor.clinic.id):
        longer = visitor.clinic.slot(soon(days=2), after=30)
        reschedule(appointment_id=own.id, version=1, slot_id=own.slot, minutes=60, **ASKED)
    assert records.live(longer) == []
    visitor.submit(asking(visitor, own, other_slots[1]), str(other_slots[1]))
    row = records.appointment(own.id)
    assert (row.end_time - row.start_time).total_seconds() == 3600


def test_where_the_patient_is_elsewhere_then(visitor, own, other_slots, records):
    ruth = colleague(visitor.clinic)
    with tenant_scope(visitor.clinic.id):
        book(slot_id=ruth.slot(soon(days=3)), patient_id=visitor.clinic.pat, type_id=visitor.clinic.type_id, **ASKED)
    page = visitor.submit(asking(visitor, own, other_slots[0]), str(other_slots[0]))
    assert (page.status, page.heading) == (409, "This time is gone")
    assert "another appointment at this time" in page.text
    assert records.appointment(own.id).time_slot_id == own.slot


def test_many_days_are_paged(visitor, own):
    for days in range(3, 21):
        visitor.clinic.slot(soon(days=days))
    first = visitor.get(f"{own.path}/move")
    assert len(first.soup.select("a.choice")) == 14
    second = visitor.get(first.one(".pager .later")["href"])
    assert len(second.soup.select("a.choice")) == 4
    assert visitor.get(second.one(".pager a")["href"]).path == first.path


def test_looking_changes_nothing(visitor, own, other_slots, records):
    before = records.appointment(own.id)
    for path in ("", "/move", f"/move/{soon(days=3).date()}", f"/move/to/{other_slots[0]}", "/visit.ics"):
        for method in ("GET", "HEAD"):
            visitor.client.open(visitor.url(f"{own.path}{path}"), method=method)
    assert records.appointment(own.id) == before
    assert records.live(other_slots[0]) == []


def test_bad_input(visitor, own, other_slots):
    assert visitor.get(f"{own.path}/move/to/{uuid4()}").status == 404
    assert visitor.post(f"{own.path}/move/to/{uuid4()}", {"version": 1}).status == 404
    assert visitor.post(f"{own.path}/move/to/{other_slots[0]}", {"version": "x"}).status == 400
    assert visitor.get(f"{own.path}/move/2031-02-30").status == 404


def test_other_clinic(app, other_clinic, own, other_slots, records):
    mallory = Visitor(app.test_client(), other_clinic)
    for path in ("/move", f"/move/{soon(days=3).date()}", f"/move/to/{other_slots[0]}"):
        assert mallory.get(f"{own.path}{path}").status == 404
    assert mallory.post(f"{own.path}/move/to/{other_slots[0]}", {"version": 1}).status == 404
    assert records.appointment(own.id).time_slot_id == own.slot


def test_another_clinics_slot_is_not_to_be_had(visitor, own, other_clinic, records):
    theirs = other_clinic.slot(soon(days=3))
    assert visitor.post(f"{own.path}/move/to/{theirs}", {"version": 1}).status == 404
    assert records.appointment(own.id).time_slot_id == own.slot


def test_wrong_method(visitor, own):
    assert visitor.post(f"{own.path}/move").status == 405


def test_the_months_the_first_day_and_a_jump_to_it(visitor, own):
    for days in (3, 40):
        visitor.clinic.slot(soon(days=days))
    page = visitor.get(f"{own.path}/move")
    assert str(soon(days=3).date()) in page.one("a.choice.first")["href"]
    months = page.soup.select(".months a")
    assert len(months) >= 2
    page = visitor.get(months[-1]["href"])
    assert str(soon(days=3).date()) in page.one(".jump a")["href"]
    assert page.one(".months [aria-current]") == page.soup.select(".months a")[-1]
    assert not page.soup.select("a.choice.first")
