"""What the desk knows about one patient."""

from datetime import UTC, datetime
from uuid import uuid4

from tests.blueprints.desk.conftest import DAY
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel, no_show
from webapp.services.booking import book, hold

BY = {"actor": "test", "source": "DESK"}


def test_details_and_the_visits_to_come(olga, clinic, booked):
    page = olga.get(f"/desk/patients/{clinic.pat}")
    assert (page.status, page.heading) == (200, "Pat Doe")
    assert "+4930901820" in page.text
    assert "user_pat" in page.text
    upcoming, _past = page.soup.select("section > h2")
    assert upcoming.find_next("li").get_text(" ", strip=True).startswith("Mar 3, 2031")
    assert "There are none yet." in page.text
    assert page.one(".visits .on-calendar")["href"] == olga.url(f"/desk/{DAY}?at={booked}")


def test_a_cancelled_visit_to_come_is_not_past_and_not_on_the_calendar(olga, clinic, booked):
    with tenant_scope(clinic.id):
        cancel(appointment_id=booked, actor="test")
    page = olga.get(f"/desk/patients/{clinic.pat}")
    heads = {head.get_text(): head.find_next_sibling() for head in page.soup.select("section > .subtitle")}
    assert "Mar 3, 2031" in heads["Cancelled"].get_text(" ")
    assert "There are none yet." in heads["Past visits"].get_text()
    assert page.soup.select(".on-calendar") == []


def test_what_was_with_what_was_missed_and_cancelled(olga, clinic, records):
    with tenant_scope(clinic.id):
        slots = [clinic.slot(datetime(2020, 1, day, 9, tzinfo=UTC)) for day in (6, 7, 8, 9)]
        made = [book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, **BY).id for slot in slots[:3]]
        overdue = hold(slot_id=slots[3], patient_id=clinic.pat, **BY).id
        no_show(appointment_id=made[1], actor="test")
        cancel(appointment_id=made[2], actor="test")
    records.run_out(overdue)
    page = olga.get(f"/desk/patients/{clinic.pat}")
    rows = [" ".join(row.get_text(" ", strip=True).split()) for row in page.soup.select(".visits li")]
    assert [row[:11] for row in rows] == ["Jan 8, 2020", "Jan 7, 2020", "Jan 6, 2020"]
    assert "Cancelled" in rows[0]
    assert "No-show" in rows[1]
    assert "Dr. Sam Weiss, Consultation" in rows[2]
    assert "None is booked." in page.text


def test_a_script_gets_the_panel_only(olga, clinic):
    page = olga.get(f"/desk/patients/{clinic.pat}", headers={"X-Fragment": "1"})
    assert page.one("[data-region=panel] h2").get_text() == "Pat Doe"
    assert page.soup.html is None


def test_unknown_and_foreign_ones_are_404(olga, other_clinic):
    assert olga.get(f"/desk/patients/{uuid4()}").status == 404
    assert olga.get(f"/desk/patients/{other_clinic.pat}").status == 404
