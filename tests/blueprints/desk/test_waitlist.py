"""The waiting list at the desk: put on, offered, accepted, declined, taken off."""

from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.patients import add_patient


@pytest.fixture
def slot(clinic):
    return clinic.slot(soon())


@pytest.fixture
def wish(clinic):
    days = {"first_day": soon(days=0).date().isoformat(), "last_day": soon(days=7).date().isoformat()}
    return {"patient_id": str(clinic.pat), "type_id": str(clinic.type_id), "parts": ["morning", "evening"], **days}


@pytest.fixture
def entry(olga, wish, slot):
    return olga.post("/desk/waitlist", wish)


def statuses(records, clinic):
    return [
        row.status
        for row in records.rows(
            "SELECT status FROM waitlist_entries WHERE tenant_id = :t ORDER BY created_at", t=clinic.id
        )
    ]


def test_somebody_is_found_and_put_on_the_list(olga, clinic, records):
    assert "Nobody waits." in olga.get("/desk/waitlist").text
    found = olga.submit(olga.get("/desk/waitlist"), "/desk/waitlist/search", q="pat")
    form = olga.get(found.one("a.hit")["href"])
    page = olga.submit(form, "/desk/waitlist", parts=["morning"], note="after ten <b>")
    assert "Pat Doe" in page.text
    assert "after ten <b>" in page.text
    assert "Pat Doe" in olga.get("/desk/waitlist").one(".seats").get_text()
    assert statuses(records, clinic) == ["WAITING"]


def test_what_is_typed_about_patients_is_sent_by_post(olga):
    page = olga.get("/desk/waitlist")
    assert page.one("form[data-search]")["method"] == "post"
    assert olga.get("/desk/waitlist?q=pat").soup.select(".hit") == []
    assert olga.post("/desk/waitlist/search").soup.select(".hit") == []
    assert olga.post("/desk/waitlist/search", {"q": "nobody\x00"}).one("[data-count]").get_text() == "0 patients found"


def test_from_an_appointment_that_could_be_sooner(olga, clinic, slot):
    with tenant_scope(clinic.id):
        made = book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK")
    link = olga.get(f"/desk/appointments/{made.id}").one("a[href*=waitlist]")
    form = olga.get(link["href"])
    assert (form.value("patient_id"), form.value("last_day")) == (str(clinic.pat), soon().date().isoformat())


def test_offered_and_accepted(olga, entry, slot, clinic, records):
    offered = olga.submit(entry, "/offers", slot_id=str(slot))
    assert "is held for this patient until" in offered.text
    assert records.slot(slot).status == "HOLD"
    page = olga.submit(offered, "/accept")
    assert "Booked." in page.text
    assert records.slot(slot).status == "BOOKED"
    assert statuses(records, clinic) == ["BOOKED"]


def test_declined_it_goes_to_the_next(olga, entry, wish, slot, clinic, records):
    with tenant_scope(clinic.id):
        second = add_patient(full_name="Anna Berg")
    olga.post("/desk/waitlist", wish | {"patient_id": str(second)})
    page = olga.submit(olga.submit(entry, "/offers", slot_id=str(slot)), "/decline")
    assert "Now offered to the next one" in page.text
    assert page.heading == "Anna Berg"
    assert "Nobody else waits for this time" in olga.submit(page, "/decline").text
    assert statuses(records, clinic) == ["WAITING", "WAITING"]


def test_a_time_that_was_taken_meanwhile(olga, entry, slot, clinic, records):
    with tenant_scope(clinic.id):
        book(slot_id=slot, actor="test", source="DESK")
    assert "This time has just been taken." in olga.submit(entry, "/offers", slot_id=str(slot)).text
    assert statuses(records, clinic) == ["WAITING"]


def test_an_offer_that_ran_out(olga, entry, slot, records):
    offered = olga.submit(entry, "/offers", slot_id=str(slot))
    records.run_out(records.live(slot)[0])
    assert "This offer has run out." in olga.submit(offered, "/accept").text


def test_taken_off(olga, entry, clinic, records):
    assert "Taken off the waiting list." in olga.submit(entry, "/leave").text
    assert statuses(records, clinic) == ["CANCELLED"]


def test_bad_input(olga, wish, entry, clinic, records):
    for field, value in {"first_day": "x", "type_id": "x", "parts": "night", "specialist_ids": "x"}.items():
        page = olga.post("/desk/waitlist", wish | {field: value})
        assert (page.status, len(page.problems)) == (400, 1), field
    assert "last day must not be before" in olga.post("/desk/waitlist", wish | {"first_day": "2199-01-01"}).text
    assert olga.post("/desk/waitlist", wish | {"patient_id": "x"}).status == 400
    assert olga.post("/desk/waitlist", wish | {"patient_id": str(uuid4())}).status == 404
    assert olga.get("/desk/waitlist/new").status in (400, 404)
    assert olga.post(f"{entry.path}/offers", {"slot_id": "x"}).status == 400
    assert olga.get(f"/desk/waitlist/{uuid4()}").status == 404
    assert len(statuses(records, clinic)) == 1


def test_another_clinics_list_is_not_there(mallory, other_clinic, wish, entry, slot, clinic, records):
    mallory.clinic = other_clinic
    path = "/desk/waitlist/" + entry.path.rpartition("/")[2]
    assert mallory.get(path).status == 404
    assert mallory.post(f"{path}/offers", {"slot_id": str(slot)}).status == 404
    assert mallory.post(f"{path}/leave").status == 404
    assert "Pat Doe" not in mallory.get("/desk/waitlist").one("section.waitlist").get_text()
    assert mallory.post("/desk/waitlist", wish).status == 404
    assert statuses(records, clinic) == ["WAITING"]


def test_the_desk_sees_who_joined_online_and_who_is_to_be_called(app, olga, entry, clinic, records, slot):
    listed = olga.get("/desk/waitlist").text
    assert "to be called" in listed  # no mail goes out from here
    assert "joined online" not in listed
    records.rows("UPDATE waitlist_entries SET online = true, weekdays = '{1}' WHERE tenant_id = :t", t=clinic.id)
    assert "joined online" in olga.get("/desk/waitlist").text
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"smtp_url": "smtp://127.0.0.1:1", "mail_from": "a@b.example"})
    try:
        assert "to be called" not in olga.get("/desk/waitlist").text
        panel = olga.get(entry.path).text
    finally:
        app.config["SETTINGS"] = before
    assert "told by a message" in panel
    assert "Tuesday" in panel
