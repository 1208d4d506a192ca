"""Cancelled visits: shown by list and agenda where they are asked for."""

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.blueprints.desk.test_day_list import lines
from tests.blueprints.desk.test_views import texts
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.specialists import add_type

ASKED = "?status=CANCELLED"


@pytest.fixture
def gone(clinic, booked):
    """Pat's appointment was cancelled, and somebody else has its time."""
    with tenant_scope(clinic.id):
        cancel(appointment_id=booked, actor="test")
        book(slot_id=clinic.slot(after=30), patient_id=clinic.pat, actor="test", source="DESK")
    return booked


def test_the_list_shows_what_was_cancelled_and_nothing_else(olga, gone):
    page = olga.get(f"/desk/{DAY}/list{ASKED}")
    assert lines(page) == [["12:00 AM – 12:30 AM", "Cancelled", "Pat Doe", "+4930901820", "Consultation"]]
    assert [line[1] for line in lines(olga.get(f"/desk/{DAY}/list"))] == ["Free", "Confirmed"]
    assert page.one("#only-status option[selected]").get_text() == "Cancelled"


def test_it_counts_for_nothing(olga, gone):
    counts = [texts(olga.get(f"/desk/{DAY}/list{asked}"), ".counts span") for asked in ("", ASKED)]
    assert counts == [["1 free", "1 booked"]] * 2


def test_the_agenda_shows_the_weeks(olga, gone):
    page = olga.get(f"/desk/2031-02-28/agenda{ASKED}")
    assert texts(page, ".agenda-lines li") == [
        "12:00 AM – 12:30 AM Pat Doe Consultation, Dr. Sam Weiss Cancelled"
    ]  # fmt: skip
    assert "Cancelled" not in texts(olga.get(f"/desk/{DAY}/agenda"), ".agenda-lines .state")


def test_its_panel_undoes_it(olga, gone, records):
    link = olga.get(f"/desk/{DAY}/list{ASKED}").one("tbody a.cancelled")
    panel = olga.get(link["href"])
    assert "Cancelled" in panel.text
    olga.submit(panel, f"/desk/appointments/{gone}/undo")
    assert records.appointment(gone).status == "CONFIRMED"
    assert lines(olga.get(f"/desk/{DAY}/list{ASKED}")) == [["No visits."]]


def test_of_one_type_only(olga, gone, clinic):
    with tenant_scope(clinic.id):
        other = add_type(name="Laser", minutes=30, specialist_ids=[clinic.specialist_id])
    assert len(lines(olga.get(f"/desk/{DAY}/list{ASKED}&type={clinic.type_id}"))[0]) == 5
    assert lines(olga.get(f"/desk/{DAY}/list{ASKED}&type={other}")) == [["No visits."]]


@pytest.mark.parametrize("view", ["list", "agenda"])
def test_names_stay_hidden(olga, gone, view):
    olga.post("/desk/settings", {"hide_names": "1"})
    page = olga.get(f"/desk/{DAY}/{view}{ASKED}")
    assert "Pat Doe" not in page.response.text
    assert "+4930901820" not in page.response.text
    assert page.one("main a.cancelled").get_text() == "PD"


@pytest.mark.parametrize(
    ("view", "leads_to"), [("", f"{DAY}/list"), ("/rooms", f"{DAY}/list"), ("/week", f"{DAY}/agenda")]
)
def test_from_a_grid_it_leads_to_the_lines(olga, gone, clinic, view, leads_to):
    page = olga.get(f"/desk/{DAY}{view}{ASKED}&type={clinic.type_id}")
    assert page.path.endswith(leads_to)
    assert "Cancelled" in page.one("main").get_text()
    views = {link.get_text(strip=True): link["href"] for link in page.soup.select(".views a")}
    assert "status" not in views["Day"] + views["Week"] + views["Rooms"]
    assert all("status=CANCELLED" in views[name] for name in ("List", "Agenda"))
    assert all(f"type={clinic.type_id}" in href for href in views.values())


def test_the_legend_of_the_grid_has_no_sign_for_it(olga, gone):
    assert "Cancelled" not in texts(olga.get(f"/desk/{DAY}"), ".legend li")


def test_who_keeps_the_list_open_sees_the_next_one(olga, gone, clinic):
    def look(seen=""):
        return olga.get(f"/desk/{DAY}/list{ASKED}", headers={"If-None-Match": seen}).response

    first = look().headers["ETag"]
    assert look(first).status_code == 304
    with tenant_scope(clinic.id):
        made = book(slot_id=clinic.slot(after=60), actor="test", source="DESK")
        taken = look(first).headers["ETag"]
        cancel(appointment_id=made.id, actor="test")
    after = look(taken)
    assert after.status_code == 200
    assert after.text.count('<tr class="cancelled') == 2
