"""The panel of an appointment: who, when, what happened."""

from uuid import uuid4

import pytest

from tests.conftest import later_today
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, cancel, complete
from webapp.services.booking import book


def steps(page):
    return [form["action"].rsplit("/", 1)[1] for form in page.soup.select(".steps form, .cancel form")]


def test_it_says_who_when_and_what(olga, booked):
    page = olga.get(f"/desk/appointments/{booked}")
    for words in (
        "Pat Doe",
        "Monday, March 3, 2031",
        "12:00 AM – 12:30 AM",
        "Consultation",
        "+4930901820",
        "Confirmed",
    ):
        assert words in page.text
    assert steps(page) == ["cancel"], "it is years ahead"


@pytest.mark.begun
def test_a_visit_whose_time_has_come_can_take_every_step(olga, booked):
    page = olga.get(f"/desk/appointments/{booked}")
    assert steps(page) == ["arrived", "completed", "no-show", "cancel"]


def test_a_visit_later_today_can_arrive_and_then_be_done(olga, clinic, records):
    with tenant_scope(clinic.id):
        booked = book(slot_id=later_today(clinic, records), actor="test", source="DESK").id
    page = olga.get(f"/desk/appointments/{booked}")
    assert steps(page) == ["arrived", "cancel"]
    olga.submit(page, "/arrived")
    assert steps(olga.get(f"/desk/appointments/{booked}")) == ["completed", "cancel"]


def test_a_visit_to_come_is_not_over_yet(olga, booked, records):
    for step, words in {"arrived": "later day", "completed": "not begun yet", "no-show": "not begun yet"}.items():
        page = olga.post(f"/desk/appointments/{booked}/{step}", {"version": "1"})
        assert (page.status, words in page.text) == (409, True), step
    assert records.appointment(booked).status == "CONFIRMED"


@pytest.mark.begun
@pytest.mark.parametrize(("before", "offered"), [(arrive, ["completed", "cancel"]), (complete, []), (cancel, [])])
def test_only_steps_that_can_follow_are_offered(olga, booked, before, offered):
    with tenant_scope(olga.clinic.id):
        before(appointment_id=booked, actor="test")
    assert steps(olga.get(f"/desk/appointments/{booked}")) == offered


def test_its_history_is_told_in_words(olga, hold_page, held, clinic):
    olga.post(f"{hold_page.path}/patient", {"patient_id": str(clinic.pat), "type_id": ""})
    with tenant_scope(clinic.id):
        cancel(appointment_id=held, actor="patient", reason="flu")
    told = [
        line.get_text(" ", strip=True) for line in olga.get(f"/desk/appointments/{held}").soup.select(".history li")
    ]
    assert [line.split(" ")[0] for line in told] == ["Held", "Confirmed", "Cancelled:"]
    assert told[0].endswith("you")
    assert told[2].startswith("Cancelled: flu")
    assert told[2].endswith("the patient Undo this")


def test_a_held_one_leads_to_choosing_the_patient(olga, held):
    assert olga.get(f"/desk/appointments/{held}").path.endswith(f"/desk/holds/{held}")


def test_a_script_gets_the_panel_only(olga, booked):
    page = olga.get(f"/desk/appointments/{booked}", headers={"X-Fragment": "1"})
    assert page.soup.select_one("[data-region=panel]")
    assert not page.soup.select("html")


def test_unknown_and_foreign_ones_are_404(olga, mallory, other_clinic, booked):
    assert olga.get(f"/desk/appointments/{uuid4()}").status == 404
    mallory.clinic = other_clinic
    page = mallory.get(f"/desk/appointments/{booked}")
    assert page.status == 404
    assert "Pat Doe" not in page.response.text
