"""The list says what the grid says."""

from datetime import timedelta

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as MIDNIGHT
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold
from webapp.services.hours import add_closure


def lines(page):
    return [
        [td.get_text(" ", strip=True).replace("\u202f", " ") for td in row.select("th, td")]
        for row in page.soup.select("tbody tr")
    ]


def test_appointments_and_free_times(olga, booked, clinic):
    clinic.slot(after=30)
    page = olga.get(f"/desk/{DAY}/list")
    assert lines(page) == [
        ["12:00 AM – 12:30 AM", "Confirmed", "Pat Doe", "+4930901820", "Consultation"],
        ["12:30 AM – 1:00 AM", "Free", "Book 12:30 AM – 1:00 AM, Dr. Sam Weiss", "", ""],
    ]


def test_a_group_has_a_line_a_seat_and_one_for_the_rest(olga, clinic):
    group = clinic.slot(capacity=3)
    with tenant_scope(clinic.id):
        hold(slot_id=group, actor="test", source="DESK")
    found = lines(olga.get(f"/desk/{DAY}/list"))
    assert [line[1] for line in found] == ["Held", "2 of 3 seats free"]


def test_a_held_time_says_who_holds_it(olga, alice, slot):
    alice.submit(alice.get(f"/desk/{DAY}"), "/desk/holds", slot_id=str(slot))
    (line,) = lines(olga.get(f"/desk/{DAY}/list"))
    assert line[1] == "Held"
    assert line[-1].startswith("by Alice until ")


def test_a_missed_visit_and_its_free_time(olga, booked, records):
    records.became(booked, "NO_SHOW")
    assert [line[1] for line in lines(olga.get(f"/desk/{olga.clinic.day.date()}/list"))] == ["No-show", "Free"]


def test_a_time_is_booked_from_the_list_too(olga, slot, records):
    page = olga.submit(olga.get(f"/desk/{DAY}/list"), "/desk/holds", slot_id=str(slot))
    assert "Held until" in page.text
    assert len(records.live(slot)) == 1


def test_an_empty_day(olga):
    assert "No hours on this day." in olga.get("/desk/2031-03-04/list").text


def close(clinic, start, minutes, reason, specialist_id=None):
    with tenant_scope(clinic.id):
        start = MIDNIGHT + timedelta(minutes=start)
        end = start + timedelta(minutes=minutes)
        add_closure(specialist_id=specialist_id, start=start, end=end, reason=reason)


def test_a_closed_day_says_why(olga, clinic):
    close(clinic, 0, 24 * 60, "Flu", clinic.specialist_id)
    assert lines(olga.get(f"/desk/{DAY}/list")) == [
        ["All day", "Flu", "Why not? All day, Dr. Sam Weiss", "", ""],
    ]
    agenda = olga.get(f"/desk/{DAY}/agenda")
    assert agenda.one(".agenda-lines li").get_text(" ", strip=True) == "All day Flu Dr. Sam Weiss"


def test_a_block_of_several_times_is_one_line_and_a_break_is_one(olga, clinic):
    for number in (0, 1, 2, 4):
        clinic.slot(after=30 * number)
    close(clinic, 30, 60, "Meeting", clinic.specialist_id)
    page = olga.get(f"/desk/{DAY}/list")
    assert [line[:2] for line in lines(page)] == [
        ["12:00 AM – 12:30 AM", "Free"],
        ["12:30 AM – 1:30 AM", "Meeting"],
        ["1:30 AM – 2:00 AM", "Break"],
        ["2:00 AM – 2:30 AM", "Free"],
    ]
    why = olga.get(page.soup.select_one("tr.away a")["href"])
    assert "Closed from" in why.text
    assert "Meeting" in why.text
    (cell,) = olga.get(f"/desk/{DAY}").soup.select(".cell.blocked")
    assert "Meeting" in cell.get_text()
    assert {"at-6", "for-12"} <= set(cell["class"])


def test_what_is_no_time_is_not_among_the_held_ones(olga, clinic):
    close(clinic, 0, 24 * 60, "Flu")
    assert "Flu" not in olga.get(f"/desk/{DAY}/list?status=HOLD").one("main").text


def test_another_clinics_list_is_not_shown(mallory, booked):
    page = mallory.get(f"/desk/{DAY}/list")
    assert page.path.endswith("/sign-in")
    assert "Pat Doe" not in page.response.text
