"""The page of a place on the waiting list: what is offered, and what can be done about it."""

import pytest

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import set_rule
from webapp.core.tenancy import tenant_scope
from webapp.rules.parts_of_day import PARTS
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.questions import add_question
from webapp.services.waitlist import add_entry, end_entries, make_offer
from webapp.web import links

BY = {"actor": "waitlist"}


class Place:
    """Pat's place on the list, with a time that is offered."""

    def __init__(self, app, clinic, patient_id, *, hour=9):
        self.clinic = clinic
        with tenant_scope(clinic.id):
            days = {"first_day": soon(days=0).date(), "last_day": soon(days=9).date()}
            self.id = add_entry(patient_id=patient_id, type_id=clinic.type_id, **days)
            with app.app_context():
                self.path = f"/waiting/{links.seal('wait', self.id)}"
        self.slot = clinic.slot(soon(hour=hour))

    def offer(self):
        with tenant_scope(self.clinic.id):
            return make_offer(entry_id=self.id, slot_id=self.slot, **BY)


@pytest.fixture
def place(app, clinic):
    return Place(app, clinic, clinic.pat)


@pytest.fixture
def offer(place):
    return place.offer()


def state(records, place):
    return records.one("SELECT status FROM waitlist_entries WHERE id = :id", id=place.id).status


def test_who_waits_sees_for_what(visitor, place):
    page = visitor.get(place.path)
    assert (page.status, page.heading) == (200, "You are on the waiting list")
    assert "Consultation" in page.text
    assert "Pat Doe" not in page.response.text
    assert page.soup.select('form[action$="/book"]') == []


def test_an_offer_is_booked(visitor, place, offer, records):
    page = visitor.get(place.path)
    assert page.heading == "A time is free for you"
    assert "Kept for you until" in page.text
    receipt = visitor.submit(page, "/book")
    assert receipt.heading == "Your visit is booked"
    assert records.appointment(offer.appointment_id).status == "CONFIRMED"
    assert state(records, place) == "BOOKED"
    again = visitor.submit(page, "/book")  # a second click, or the way back
    assert (again.status, again.heading) == (200, "Your visit is booked")
    assert records.events(offer.appointment_id) == ["HELD", "CONFIRMED"]
    after = visitor.get(place.path)
    assert after.heading == "Your visit is booked"
    assert after.soup.select('a[href*="/visit/"]')
    assert after.soup.select('form[action$="/book"]') == []


def test_looking_changes_nothing(visitor, place, offer, records):
    for _ in range(2):
        visitor.get(place.path)
        visitor.get(f"{place.path}/change")
    for step in ("book", "decline", "leave"):
        assert visitor.client.get(visitor.url(f"{place.path}/{step}")).status_code == 405
    assert records.events(offer.appointment_id) == ["HELD"]
    assert state(records, place) == "OFFERED"


def test_another_browser_is_not_shown_the_visit(app, visitor, place, offer):
    visitor.submit(visitor.get(place.path), "/book")
    page = Visitor(app.test_client(), place.clinic).get(place.path)
    assert page.heading == "Your visit is booked"
    assert page.soup.select('main a[href*="/visit/"]') == []


def test_no_thank_you(visitor, place, offer, records):
    page = visitor.submit(visitor.get(place.path), "/decline")
    assert page.heading == "You are on the waiting list"
    assert "You did not want" in page.text
    assert records.slot(place.slot).status == "AVAILABLE"
    assert state(records, place) == "WAITING"


def test_an_offer_that_ran_out_says_so(visitor, place, offer, records):
    page = visitor.get(place.path)
    records.run_out(offer.appointment_id)
    late = visitor.post(f"{place.path}/book", page.form("/book"), follow_redirects=False)
    assert late.status == 303
    late = visitor.get(late.response.location)
    assert late.status == 409
    assert "not kept for you any more" in late.text
    assert records.appointment(offer.appointment_id).status != "CONFIRMED"
    assert "has gone on to the next person" in visitor.get(place.path).text
    assert visitor.submit(page, "/decline").status in (200, 409)


def test_a_page_left_open_does_not_take_what_was_offered_since(visitor, place, offer, records):
    page = visitor.get(place.path)
    visitor.submit(page, "/decline")
    place.slot = place.clinic.slot(soon(hour=11))
    second = place.offer()
    for step in ("/book", "/decline"):
        assert visitor.submit(page, step).status == 409
    assert records.appointment(second.appointment_id).status == "HOLD"


def test_leaving_gives_the_time_back(visitor, place, offer, records):
    page = visitor.get(place.path)
    left = visitor.submit(page, "/leave")
    assert left.heading == "You have left the waiting list"
    assert records.slot(place.slot).status == "AVAILABLE"
    assert visitor.submit(page, "/leave").heading == "You have left the waiting list"
    assert visitor.submit(page, "/book").status == 409
    assert left.soup.select(f'a[href$="/wait/{place.clinic.type_id}"]')


def test_who_has_a_time_does_not_leave(visitor, place, offer, records):
    page = visitor.get(place.path)
    visitor.submit(page, "/book")
    assert visitor.submit(page, "/leave").status == 409
    assert visitor.submit(page, "/decline").status == 409
    assert state(records, place) == "BOOKED"


def test_the_wish_is_changed(visitor, place, records):
    form = visitor.get(f"{place.path}/change")
    assert [box["value"] for box in form.soup.select("[name=parts][checked]")] == list(PARTS)
    page = visitor.submit(form, "/change", weekdays=["1"], parts=["evening"])
    assert page.heading == "You are on the waiting list"
    assert "Tuesday" in page.text
    assert "Evening" in page.text
    row = records.one("SELECT weekdays, parts FROM waitlist_entries WHERE id = :id", id=place.id)
    assert (row.weekdays, row.parts) == ([1], ["evening"])
    wrong = visitor.submit(form, "/change", weekdays=[], parts=["evening"])
    assert (wrong.status, wrong.problems) == (400, ["Choose at least one day of the week."])


def test_off_the_list_nothing_is_changed(visitor, place, records):
    form = visitor.get(f"{place.path}/change")
    visitor.submit(visitor.get(place.path), "/leave")
    assert visitor.submit(form, "/change", weekdays=["1"], parts=["evening"]).status == 409
    assert visitor.get(f"{place.path}/change").heading == "You have left the waiting list"


def test_after_the_last_day(visitor, place, records):
    records.rows(
        "UPDATE waitlist_entries SET first_day = current_date - 9, last_day = current_date - 2 WHERE id = :id",
        id=place.id,
    )
    with tenant_scope(place.clinic.id):
        end_entries()
    assert visitor.get(place.path).heading == "You are not on the waiting list any more"


def test_a_visit_that_was_cancelled_since(visitor, place, offer):
    visitor.submit(visitor.get(place.path), "/book")
    with tenant_scope(place.clinic.id):
        cancel(appointment_id=offer.appointment_id, actor="desk:olga")
    assert visitor.get(place.path).heading == "This visit was cancelled"


def test_the_clinics_terms_and_questions_are_asked(visitor, place, offer, records):
    records.rows(
        "INSERT INTO terms (tenant_id, version, words, link) VALUES (:t, 1, 'I agree.', '')", t=place.clinic.id
    )
    set_rule(records, visitor, terms="I agree.", terms_version=1)
    with tenant_scope(place.clinic.id):
        add_question(label="Which tooth?", kind="TEXT", required=True)
    page = visitor.get(place.path)
    refused = visitor.submit(page, "/book")
    assert refused.status == 400
    assert len(refused.problems) == 2
    question = page.one("form[action$='/book'] textarea")["name"]
    booked = visitor.submit(page, "/book", terms="1", **{question: "The left one"})
    assert booked.heading == "Your visit is booked"
    row = records.one("SELECT answer FROM answers WHERE appointment_id = :id", id=offer.appointment_id)
    assert row.answer == "The left one"
    assert records.appointment(offer.appointment_id).terms_version == 1


def test_no_more_bookings_than_the_clinic_allows(visitor, place, offer, records):
    with tenant_scope(place.clinic.id):
        book(slot_id=place.clinic.slot(soon(days=3)), patient_id=place.clinic.pat, actor="test", source="DESK")
    set_rule(records, visitor, bookings_a_person=1)
    page = visitor.submit(visitor.get(place.path), "/book")
    assert page.status == 409
    assert "one booking to come at a time" in page.problems[0]
    assert records.appointment(offer.appointment_id).status == "HOLD"


def test_a_link_of_nobody(app, visitor, clinic, other_clinic, place):
    with tenant_scope(other_clinic.id), app.app_context():
        foreign = links.seal("wait", place.id)
    for token in ("x", foreign):
        assert visitor.get(f"/waiting/{token}").status == 404
        assert visitor.post(f"/waiting/{token}/leave").status == 404
