"""With names hidden no page of the desk shows one, except where it was asked for."""

import re

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

#: what shows a patient's name on purpose: pages for whoever typed it and looks for it, and a file that is saved unseen
ASKED_FOR = {"desk.hold", "desk.patients", "desk.patient", "desk.outage_file"}


@pytest.fixture
def hidden(olga, booked, clinic):
    group = clinic.slot(after=60, capacity=3)
    with tenant_scope(clinic.id):
        book(slot_id=group, patient_id=clinic.pat, actor="test", source="DESK")
    olga.post("/desk/settings", {"hide_names": "1"})
    olga.group = group
    return olga


def pages(app, clinic, booked, group) -> dict[str, str]:
    """Every page of the desk that days, appointments, slots and patients lead to."""
    known = {"clinic": clinic.id, "day": DAY, "appointment_id": booked, "slot_id": group, "patient_id": clinic.pat}
    return {
        rule.endpoint: re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda argument: str(known[argument[1]]), rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("desk.") and "GET" in rule.methods and rule.endpoint not in ASKED_FOR
        if rule.arguments <= known.keys()
    }


def test_no_page_shows_a_name(app, hidden, clinic, booked):
    shown = {}
    for endpoint, path in pages(app, clinic, booked, hidden.group).items():
        page = hidden.get(path)
        assert page.status in (200, 400), path  # some want to be told a time, and say so without a name
        shown[endpoint] = page.response.text
    assert len(shown) >= 6
    assert [endpoint for endpoint, text in shown.items() if "Pat Doe" in text or "Pat  Doe" in text] == []
    assert "PD" in shown["desk.day"]
    assert "PD" in shown["desk.slot"]


def test_the_same_pages_show_it_otherwise(app, hidden, clinic, booked):
    """Would the test above notice?"""
    hidden.post("/desk/settings", {"hide_names": "0"})
    telling = [
        endpoint
        for endpoint, path in pages(app, clinic, booked, hidden.group).items()
        if "Pat Doe" in hidden.get(path).response.text
    ]
    assert len(telling) >= 4, telling


def test_phone_and_mail_are_hidden_with_it_and_shown_on_demand(hidden, booked):
    page = hidden.get(f"/desk/appointments/{booked}")
    assert page.heading == "PD"
    assert page.title.startswith("PD ")
    assert "+4930901820" not in page.response.text
    assert "pat@mail.example" not in page.response.text
    full = hidden.get(page.soup.find("a", string="Show name and phone")["href"])
    assert full.heading == "Pat Doe"
    assert "+4930901820" in full.text
    assert hidden.get(f"/desk/appointments/{booked}").heading == "PD", "for this once"


def test_the_toggle_stands_on_every_desk_page(hidden):
    page = hidden.get(f"/desk/{DAY}")
    button = page.one("form[data-names] button")
    assert (button["aria-pressed"], button["value"]) == ("true", "0")
    after = hidden.post(
        "/desk/settings", {"hide_names": "0"}, headers={"Referer": f"http://localhost{hidden.url('/desk/')}{DAY}/list"}
    )
    assert after.path.endswith(f"{DAY}/list")
    assert "Pat Doe" in after.text


def test_it_is_one_persons_habit(hidden, alice):
    assert "Pat Doe" in alice.get(f"/desk/{DAY}").text


def test_who_is_put_on_the_waiting_list(hidden, booked, clinic):
    for wanted in (f"appointment={booked}", f"patient={clinic.pat}"):
        page = hidden.get(f"/desk/waitlist/new?{wanted}")
        assert "Pat Doe" not in page.response.text
        assert "PD" in page.text


def test_whose_held_time_ran_out_in_a_plan(hidden, booked, clinic, records):
    asked = {"specialist_id": str(clinic.specialist_id), "first": DAY, "last": DAY, "reason": "Ill"}
    colleague(clinic).slot()
    plan = hidden.post("/desk/sick-days", asked)
    records.run_out(records.one("SELECT hold_id FROM sick_day_moves WHERE appointment_id = :id", id=booked).hold_id)
    refused = hidden.post(f"{plan.path}/confirm")
    assert "The time held for PD ran out." in refused.text
    assert "Pat Doe" not in refused.response.text
