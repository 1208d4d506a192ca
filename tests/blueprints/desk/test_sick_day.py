"""The sick-day assistant, page by page."""

from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.blueprints.desk.conftest import DAY
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


@pytest.fixture
def day():
    return soon().date().isoformat()


@pytest.fixture
def visit(clinic):
    """Pat's visit tomorrow; a colleague is free then."""
    with tenant_scope(clinic.id):
        slot = clinic.slot(soon())
        return book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id


@pytest.fixture
def other(clinic):
    other = colleague(clinic)
    return [other.slot(soon()), other.slot(soon(), after=60)]


@pytest.fixture
def page(olga, clinic, visit, other, day):
    form = olga.get(f"/desk/sick-day?day={day}")
    return olga.submit(form, "/desk/sick-days", specialist_id=str(clinic.specialist_id), reason="Ill")


def test_each_patient_has_a_time_held(page, other, records):
    assert "/desk/sick-days/" in page.path
    assert "Pat Doe" in page.text
    assert "Dr. Ruth Adler" in page.text
    assert "The proposed times are held until" in page.text
    assert records.slot(other[0]).status == "HOLD"


def test_confirmed_all_are_moved(olga, page, visit, other, records):
    done = olga.submit(page, "/confirm")
    assert "The days are closed." in done.text
    assert records.appointment(visit).time_slot_id == other[0]


def test_who_is_written_to_need_not_be_called(app, monkeypatch, olga, clinic, page, visit, other, records):
    sends = app.config["SETTINGS"].model_copy(update={"smtp_url": "smtp://127.0.0.1:1", "mail_from": "a@b.example"})
    monkeypatch.setitem(app.config, "SETTINGS", sends)
    records.rows("UPDATE patients SET email = 'pat@mail.example' WHERE id = :id", id=clinic.pat)
    done = olga.submit(page, "/confirm")
    assert "Written to: 1. To be called: 0." in done.text
    assert "Written to" in done.one("tbody tr").get_text()
    assert done.soup.select("form[action$='/told']") == []
    records.rows("UPDATE messages SET status = 'FAILED' WHERE appointment_id = :id", id=visit)
    assert "Written to: 0. To be called: 1." in olga.get(page.path).text


def test_who_cannot_be_written_to_is_called(olga, clinic, page, visit, other, records):
    records.rows("UPDATE patients SET phone = '030 901820' WHERE id = :id", id=clinic.pat)
    done = olga.submit(page, "/confirm")
    assert "Written to: 0. To be called: 1." in done.text
    assert "To be called" in done.one("tbody tr").get_text()
    assert "Told, " in olga.submit(done, "/told").text


def test_an_unfinished_call_list_is_found_again(olga, clinic, page, visit, day, records):
    records.rows("UPDATE patients SET phone = '030 901820' WHERE id = :id", id=clinic.pat)
    done = olga.submit(page, "/confirm")
    found = olga.get(f"/desk/sick-day?day={day}").one(".affected a")
    assert found["href"].endswith(page.path)
    at = int(soon().timestamp() // 60)
    why = olga.get(f"/desk/why?specialist={clinic.specialist_id}&at={at}")
    assert why.one(".reasons a")["href"].endswith(page.path)
    olga.submit(done, "/told")
    assert olga.get(f"/desk/sick-day?day={day}").soup.select(".affected a") == []


def test_another_time_instead(olga, page, visit, other, records):
    changed = olga.get(f"{page.path}?change={visit}")
    assert [b["value"] for b in changed.soup.select(".choices button")] == [str(other[1])]
    fields = {"appointment_id": str(visit), "slot_id": str(other[1])}
    assert olga.post(f"{page.path}/propose", fields).status == 200
    assert (records.slot(other[0]).status, records.slot(other[1]).status) == ("AVAILABLE", "HOLD")


def test_called_instead(olga, page, visit, records):
    left = olga.submit(page, "/propose")
    assert "To be called" in left.text
    done = olga.submit(left, "/confirm")
    assert "+4930901820" in done.text
    assert records.appointment(visit).status == "CONFIRMED"


def test_backed_out(olga, page, other, records):
    assert "Nothing was changed" in olga.submit(page, "/back-out").text
    assert records.slot(other[0]).status == "AVAILABLE"
    assert "This plan was given up." in olga.get(page.path).text


def test_held_longer_and_again_what_ran_out(olga, page, other, records):
    records.run_out(records.live(other[0])[0])
    assert "To be called" in olga.get(page.path).text
    refused = olga.submit(page, "/confirm")
    assert refused.status == 409
    assert "The time held for Pat Doe ran out." in refused.text
    assert "To be called" not in olga.submit(page, "/renew").text
    assert records.slot(other[0]).status == "HOLD"


def test_bad_input(olga, page, clinic, day):
    ok = {"specialist_id": str(clinic.specialist_id), "first": day, "last": day, "reason": "Ill"}
    for field, value in {"first": "x", "last": "2031-01-01", "reason": " ", "specialist_id": "x"}.items():
        wrong = olga.post("/desk/sick-days", ok | {field: value})
        assert (wrong.status, len(wrong.problems)) == (400, 1), field
    over = olga.post("/desk/sick-days", ok | {"first": "2020-03-03", "last": "2020-03-04"})
    assert (over.status, over.value("first")) == (400, "2020-03-03")
    assert "This time is over already." in over.text
    assert olga.post(f"{page.path}/propose", {"appointment_id": "x"}).status == 400
    assert olga.post(f"{page.path}/propose", {"appointment_id": str(uuid4())}).status == 404
    assert olga.get(f"/desk/sick-days/{uuid4()}").status == 404


def test_another_clinics_plan_is_not_there(mallory, other_clinic, page):
    mallory.clinic = other_clinic
    path = "/desk/sick-days/" + page.path.rpartition("/")[2]
    assert mallory.get(path).status == 404
    for step in ("propose", "renew", "confirm", "back-out", "told"):
        assert mallory.post(f"{path}/{step}", {"appointment_id": str(uuid4())}).status == 404


def test_a_double_click_plans_once(olga, clinic, booked, records):
    for _click in range(2):
        page = olga.post(
            "/desk/sick-days",
            {"specialist_id": str(clinic.specialist_id), "first": DAY, "last": DAY, "reason": "Ill"},
        )
        assert "Dr. Sam Weiss is away" in page.text
    assert records.count("sick_days", clinic) == 1
