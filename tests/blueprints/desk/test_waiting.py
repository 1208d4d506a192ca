"""The waiting room, as a page and as the number in the toolbar."""

import pytest

from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel
from webapp.services.booking import book
from webapp.web.clock import now


@pytest.fixture
def arrived(clinic):
    slot = clinic.slot(now().replace(hour=9, minute=0, second=0, microsecond=0))
    with tenant_scope(clinic.id):
        one = book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id
        arrive(appointment_id=one, actor="test")
    return one


def test_who_waits_and_how_long(olga, arrived):
    page = olga.get("/desk/waiting")
    assert page.heading == "Waiting room"
    assert "1 patient waits" in page.text
    assert "Pat Doe 0 min since" in page.text
    assert "Dr. Sam Weiss, Consultation" in page.text


def test_the_toolbar_counts_them_on_any_day(olga, arrived):
    for path in ("/desk/", "/desk/2031-03-03", "/desk/2031-03-03/list"):
        assert olga.get(path).one("#waiting-room b").text == "1", path


def test_done_stays_in_the_waiting_room(olga, arrived, records):
    page = olga.submit(olga.get("/desk/waiting"), "/completed")
    assert page.path.endswith("/desk/waiting")
    assert "Nobody is waiting." in page.text
    assert records.appointment(arrived).status == "COMPLETED"


def test_who_was_changed_meanwhile_is_shown_as_they_stand(olga, clinic, arrived):
    page = olga.get("/desk/waiting")
    with tenant_scope(clinic.id):
        cancel(appointment_id=arrived, actor="another")
    told = olga.submit(page, "/completed")
    assert told.status == 409
    assert "Cancelled" in told.text


def test_nobody_waits(olga):
    assert "Nobody is waiting." in olga.get("/desk/waiting").text


def test_a_script_gets_the_panel_only(olga, arrived):
    fragment = olga.get("/desk/waiting", headers={"X-Fragment": "1"})
    assert fragment.soup.select_one("[data-region=panel]")
    assert not fragment.soup.select("html")


def test_another_clinics_waiting_room_is_its_own(mallory, other_clinic, arrived):
    mallory.clinic = other_clinic
    assert "Nobody is waiting." in mallory.get("/desk/waiting").text
