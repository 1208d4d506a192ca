"""The day as a grid: everything in sight, every cell with a name, one database statement."""

from datetime import timedelta

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as START
from tests.conftest import colleague, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive, complete
from webapp.services.booking import book, hold


def cell(page, look):
    return page.one(f".cell.{look}")


def name(element):
    return element["aria-label"].replace("\u202f", " ")


def test_a_free_time_is_a_button_with_a_full_name(day_page, slot):
    button = cell(day_page, "free")
    assert (button.name, button["value"]) == ("button", str(slot))
    assert name(button) == "12:00 AM – 12:30 AM, Free, Dr. Sam Weiss"


def test_an_appointment_is_a_link_with_a_full_name(olga, booked):
    link = cell(olga.get(f"/desk/{DAY}"), "confirmed")
    assert link["href"].endswith(f"/desk/appointments/{booked}")
    assert name(link) == "12:00 AM – 12:30 AM, Pat Doe, Confirmed, Consultation, Dr. Sam Weiss"


@pytest.mark.begun
@pytest.mark.parametrize(("step", "look"), [(arrive, "arrived"), (complete, "completed")])
def test_each_status_has_its_own_sign(olga, booked, step, look):
    with tenant_scope(olga.clinic.id):
        step(appointment_id=booked, actor="test")
    link = cell(olga.get(f"/desk/{olga.clinic.day.date()}"), look)
    assert link.svg.use["href"].endswith(f"#{look}")


def test_a_missed_visit_stands_beside_its_free_time(olga, booked, slot, records):
    records.became(booked, "NO_SHOW")
    page = olga.get(f"/desk/{olga.clinic.day.date()}")
    assert cell(page, "free")["value"] == str(slot)
    assert "Pat Doe, No-show" in name(cell(page, "no-show"))


def test_a_hold_says_until_when(olga, held):
    text = cell(olga.get(f"/desk/{DAY}"), "held").get_text()
    assert "Held" in text
    assert "until" in text


def test_a_hold_that_ran_out_is_free(olga, held, records):
    records.run_out(held)
    assert cell(olga.get(f"/desk/{DAY}"), "free")


def test_priority_is_shown(olga, slot, clinic):
    with tenant_scope(clinic.id):
        book(slot_id=slot, patient_id=clinic.pat, priority="URGENT", actor="test", source="DESK")
    assert olga.get(f"/desk/{DAY}").one(".cell .badge.urgent").get_text() == "Urgent"


def test_a_group_counts_its_seats(olga, clinic):
    group = clinic.slot(after=60, capacity=8)
    with tenant_scope(clinic.id):
        for _seat in range(5):
            hold(slot_id=group, actor="test", source="DESK")
    link = cell(olga.get(f"/desk/{DAY}"), "group")
    assert "5 of 8" in link.get_text()
    assert link["href"].endswith(f"/desk/slots/{group}")


def test_only_the_hours_of_the_day_are_drawn(olga, clinic):
    clinic.slot(START + timedelta(hours=9, minutes=30))
    clinic.slot(START + timedelta(hours=11))
    page = olga.get(f"/desk/{DAY}")
    marks = [mark.get_text().replace("\u202f", " ") for mark in page.soup.select(".axis span:not(.now)")]
    assert marks == ["9:00 AM", "10:00 AM", "11:00 AM"]
    placed = [(c["class"][1], c["class"][2], c["class"][3]) for c in page.soup.select(".column .cell")]
    assert placed == [
        ("closed", "at-0", "for-6"),
        ("free", "at-6", "for-6"),
        ("closed", "at-12", "for-12"),
        ("free", "at-24", "for-6"),
        ("closed", "at-30", "for-6"),
    ]


def test_a_specialist_without_hours_has_a_closed_column(olga, clinic, slot):
    colleague(clinic)
    page = olga.get(f"/desk/{DAY}")
    assert [h.get_text() for h in page.soup.select(".head h2")] == ["Dr. Ruth Adler", "Dr. Sam Weiss"]
    assert page.soup.select_one(".column .cell")["class"][1] == "closed"


def test_a_day_on_which_the_clocks_go_back_has_the_hour_twice(olga, clinic, records):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=clinic.id)
    for hour in (0, 1):  # 02:00 CEST and 02:00 CET
        clinic.slot(START.replace(month=10, day=26, hour=hour))
    page = olga.get("/desk/2031-10-26")
    clocks = [b.get_text().replace("\u202f", " ") for b in page.soup.select(".cell.free b")]
    assert clocks == ["2:00 AM CEST", "2:00 AM CET"]
    assert [c["class"][2] for c in page.soup.select(".cell.free")] == ["at-0", "at-12"]


def test_counts_and_neighbours(olga, booked, clinic):
    clinic.slot(after=30)
    page = olga.get(f"/desk/{DAY}")
    assert "1 free 1 booked" in page.text
    assert page.heading == "Monday, March 3, 2031"
    assert page.one("[data-day-before]")["href"].endswith("/desk/2031-03-02")
    assert page.one("[data-day-after]")["href"].endswith("/desk/2031-03-04")


def test_the_appointment_just_booked_is_pointed_out(olga, booked):
    page = olga.get(f"/desk/{DAY}?at={booked}")
    assert "marked" in cell(page, "confirmed")["class"]
    assert olga.get(f"/desk/{DAY}?at=nonsense").status == 200


def test_an_empty_day_and_an_empty_clinic_say_what_to_do(olga, records):
    assert "Nobody has hours on this day." in olga.get("/desk/2031-03-04").text
    records.rows("UPDATE specialists SET is_active = false WHERE tenant_id = :id", id=olga.clinic.id)
    assert "There are no specialists yet." in olga.get("/desk/2031-03-04").text


def test_a_script_gets_the_day_only(olga, slot):
    page = olga.get(f"/desk/{DAY}", headers={"X-Fragment": "1"})
    assert page.soup.select_one("[data-region=day]")
    assert not page.soup.select("html")


def test_the_cells_cost_one_statement_and_none_while_nothing_changes(app, olga, clinic):
    for number in range(8):
        clinic.slot(after=30 * number)
    assert reads_of_slots(olga) == 1
    assert reads_of_slots(olga) == 0
    clinic.slot(after=300)
    assert reads_of_slots(olga) == 1


def reads_of_slots(olga) -> int:
    with statements_read() as statements:
        page = olga.get(f"/desk/{DAY}")
    assert len(page.soup.select(".cell.free")) >= 8
    return len([one for one in statements if "SELECT * FROM time_slots" in one])


def test_slots_shorter_than_a_row_do_not_cover_each_other(olga, clinic):
    for minute in range(0, 12, 3):
        clinic.slot(minutes=3, after=minute)
    rows = [c["class"][2] for c in olga.get(f"/desk/{DAY}").soup.select(".cell.free")]
    assert len(set(rows)) == 4


def test_another_clinics_day_is_not_shown(mallory, booked):
    page = mallory.get(f"/desk/{DAY}")
    assert page.path.endswith("/sign-in")
    assert "Pat Doe" not in page.response.text


def test_a_day_that_is_none_is_404(olga):
    assert olga.get("/desk/2031-02-30").status == 404


@pytest.mark.parametrize(
    ("day", "status"), [("1900-01-01", 200), ("2199-12-31", 200), ("0001-01-01", 404), ("9999-12-31", 404)]
)
def test_the_ends_of_the_calendar(olga, day, status):
    assert olga.get(f"/desk/{day}").status == status
