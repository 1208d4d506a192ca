"""Week, rooms and agenda: the same visits, side by side in another way; what is shown can be narrowed."""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as START
from tests.conftest import colleague, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold
from webapp.services.hours import add_closure
from webapp.services.specialists import add_room, add_specialist, add_type

VIEWS = ("", "/rooms", "/week", "/list", "/agenda")


def texts(page, selector):
    return [found.get_text(" ", strip=True).replace("\u202f", " ") for found in page.soup.select(selector)]


def remember(olga, **settings):
    olga.post("/desk/settings", settings)


def test_everybodys_week_says_how_full_each_day_is(olga, booked, clinic):
    clinic.slot(after=30)
    page = olga.get(f"/desk/{DAY}/week")
    assert page.heading == "March 3 – March 9, 2031"
    assert texts(page, "thead a")[0] == "Monday March 3"
    assert texts(page, "a.load") == ["1 booked 1 free , Monday, March 3, 2031, Dr. Sam Weiss"]
    assert texts(page, "tbody td")[1:] == ["Closed"] * 6
    assert page.one("meter")["value"] == "50"


def test_everybodys_week_says_who_comes(olga, booked, clinic):
    monday = START + timedelta(minutes=30)
    with tenant_scope(clinic.id):
        hold(slot_id=clinic.slot(monday), actor="test", source="DESK")
        book(slot_id=colleague(clinic).slot(START + timedelta(days=1)), priority="URGENT", actor="t", source="DESK")
        meeting = {"start": START + timedelta(hours=1), "end": START + timedelta(hours=2)}
        add_closure(specialist_id=clinic.specialist_id, **meeting, reason="Staff meeting")
    page = olga.get(f"/desk/{DAY}/week")
    hers, his = [
        [field.select(".week-visits li") for field in row.select("td")] for row in page.soup.select("tbody tr")
    ]
    assert [len(lines) for lines in hers + his] == [0, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]
    assert [line.get_text(" ", strip=True).replace("\u202f", " ") for line in hers[1] + his[0]] == [
        "12:00 AM Confirmed Urgent", "12:00 AM Pat Doe , Confirmed", "12:30 AM Held",
        "1:00 AM – 2:00 AM Staff meeting",
    ]  # fmt: skip
    link = his[0][0].a
    assert (link["href"], link["data-visit"]) == (f"/c/{clinic.id}/desk/appointments/{booked}", "1")
    assert link["title"].replace("\u202f", " ") == "12:00 AM – 12:30 AM, Consultation"


def test_everybodys_week_folds_what_is_more_than_a_glance(olga, clinic):
    with tenant_scope(clinic.id):
        for number in range(7):
            book(slot_id=clinic.slot(after=30 * number), actor="test", source="DESK")
    page = olga.get(f"/desk/{DAY}/week")
    assert [len(found.select("li")) for found in page.soup.select(".week-visits")] == [5, 2]
    assert page.one("td details summary").get_text().startswith("2 more")


def test_one_specialists_week_has_a_column_a_day(olga, booked, clinic):
    clinic.slot(START + timedelta(days=2, hours=1))
    page = olga.get(f"/desk/{DAY}/week?specialist={clinic.specialist_id}")
    assert texts(page, ".head h2") == [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    ]  # fmt: skip
    assert "Pat Doe" in texts(page, ".column")[0]
    free = page.one(".cell.free")
    assert free["class"][2:4] == ["at-12", "for-6"]
    assert "Wednesday, March 5, 2031" in free["aria-label"]


def test_a_specialists_week_says_whose_it_is_and_leads_to_the_others(olga, booked, clinic):
    other = colleague(clinic)
    page = olga.get(f"/desk/{DAY}/week?specialist={clinic.specialist_id}&status=CONFIRMED")
    assert page.heading.startswith("Dr. Sam Weiss")
    assert page.title.startswith("Dr. Sam Weiss")
    assert [option["value"] for option in page.soup.select("#whose option")] == [
        "", str(other.specialist_id), str(clinic.specialist_id)
    ]  # fmt: skip
    assert page.one("#whose option[selected]").get_text() == "Dr. Sam Weiss"
    assert page.one('.whose [name="status"]')["value"] == "CONFIRMED"


def test_everybodys_week_counts_what_was_asked_for_and_leads_to_each_day(olga, booked, clinic):
    with tenant_scope(clinic.id):
        hold(slot_id=clinic.slot(after=30), actor="test", source="DESK")
    counts = [
        olga.get(f"/desk/{DAY}/week{asked}").soup.select_one(".load b").get_text() for asked in ("", "?status=HOLD")
    ]
    assert counts == ["2 booked", "1 booked"]
    link = olga.get(f"/desk/{DAY}/week").soup.select_one("a.load")["href"]
    path, anchor = link.split("#")
    assert olga.get(path).one(f"#{anchor}").get_text() == "Dr. Sam Weiss"


def test_the_week_begins_as_the_reader_has_it(olga, records):
    records.rows("UPDATE tenants SET locale = 'en-US' WHERE id = :id", id=olga.clinic.id)
    assert olga.get(f"/desk/{DAY}/week").heading == "March 2 – March 8, 2031"


def test_a_week_steps_by_weeks(olga, slot):
    page = olga.get(f"/desk/{DAY}/week")
    assert page.one("[data-day-before]")["href"].endswith("/desk/2031-02-24/week")
    assert page.one("[data-day-after]")["href"].endswith("/desk/2031-03-10/week")


def test_the_hours_of_a_week_stand_beside_each_other_when_the_clocks_change(olga, clinic, records):
    records.rows("UPDATE tenants SET timezone = 'Europe/Berlin' WHERE id = :id", id=clinic.id)
    clinic.slot(START.replace(month=10, day=24, hour=7))  # Friday 9:00 CEST
    clinic.slot(START.replace(month=10, day=27, hour=8))  # Monday 9:00 CET
    for day in ("2031-10-24", "2031-10-27"):
        page = olga.get(f"/desk/{day}/week?specialist={clinic.specialist_id}")
        assert [(c.b.get_text().replace("\u202f", " "), c["class"][2]) for c in page.soup.select(".cell.free")] == [
            ("9:00 AM", "at-0")
        ]


def test_rooms_show_who_is_where(olga, clinic, slot):
    with tenant_scope(clinic.id):
        room = add_room(name="Laser room")
        add_room(name="Gym")
        kind = add_type(name="Laser", minutes=30, specialist_ids=[clinic.specialist_id], room_id=room)
        book(slot_id=slot, patient_id=clinic.pat, type_id=kind, actor="test", source="DESK")
        book(slot_id=clinic.slot(after=30), actor="test", source="DESK")
    page = olga.get(f"/desk/{DAY}/rooms")
    assert texts(page, ".head h2") == ["Gym", "Laser room"]
    gym, laser = texts(page, ".column")
    assert gym == ""
    assert "Pat Doe" in laser
    assert "Dr. Sam Weiss, Laser" in laser


def test_no_rooms_says_how_to_get_them(olga, booked):
    assert "No room is used on this day." in olga.get(f"/desk/{DAY}/rooms").text


def test_the_agenda_goes_by_time_whoever_it_is(olga, clinic, booked):
    other = colleague(clinic)
    with tenant_scope(clinic.id):
        book(slot_id=other.slot(), actor="test", source="DESK")
        hold(slot_id=clinic.slot(START + timedelta(days=1)), actor="test", source="DESK")
    page = olga.get(f"/desk/{DAY}/agenda")
    lines = texts(page, ".agenda-lines li")
    assert [line.split(" – ")[0] for line in lines] == ["12:00 AM", "12:00 AM", "12:00 AM"]
    assert "Dr. Ruth Adler" in lines[0]
    assert "Pat Doe" in lines[1]
    assert "Held" in lines[2]
    assert texts(page, ".agenda h2")[1] == "Tuesday, March 4, 2031"
    assert "No visits." in page.text


@pytest.mark.parametrize("view", VIEWS)
def test_only_the_specialists_one_cares_for(olga, clinic, booked, view):
    colleague(clinic)
    remember(olga, specialists=["", str(clinic.specialist_id)])
    page = olga.get(f"/desk/{DAY}{view}")
    shown = texts(page, ".head h2, caption, tbody th, .agenda-lines")
    assert not any("Ruth Adler" in one for one in shown)
    assert "filtered" in page.text


@pytest.mark.parametrize("view", VIEWS)
def test_names_can_be_hidden(olga, booked, view):
    remember(olga, hide_names="1")
    page = olga.get(f"/desk/{DAY}{view}")
    assert "Pat Doe" not in page.response.text
    assert "+4930901820" not in page.response.text


def test_other_visits_stand_back(olga, clinic, booked):
    with tenant_scope(clinic.id):
        book(slot_id=clinic.slot(after=30), actor="test", source="DESK")
    page = olga.get(f"/desk/{DAY}?type={clinic.type_id}")
    assert ["dim" in c["class"] for c in page.soup.select("a.cell")] == [False, True]
    assert page.one("[data-day-after]")["href"].endswith(f"/desk/2031-03-04?type={clinic.type_id}")
    assert len(olga.get(f"/desk/{DAY}/list?type={clinic.type_id}").soup.select("tbody tr")) == 1
    assert len(olga.get(f"/desk/{DAY}/agenda?status=ARRIVED").soup.select(".agenda-lines li")) == 0


@pytest.mark.parametrize("query", ["type=nonsense", "status=nonsense", "specialist=nonsense", "at=nonsense"])
@pytest.mark.parametrize("view", VIEWS)
def test_nonsense_narrows_nothing(olga, booked, view, query):
    page = olga.get(f"/desk/{DAY}{view}?{query}")
    assert page.status == 200
    assert not page.soup.select(".dim")


def test_breaks_and_closures_carry_their_names(olga, clinic):
    clinic.slot()
    clinic.slot(after=60)
    clinic.slot(after=150)
    with tenant_scope(clinic.id):
        add_closure(
            specialist_id=clinic.specialist_id,
            start=START + timedelta(minutes=90),
            end=START + timedelta(minutes=150),
            reason="Staff meeting",
        )
    assert texts(olga.get(f"/desk/{DAY}"), ".cell.closed") == ["Break", "Staff meeting"]


def test_the_desk_opens_as_one_likes_it(olga, slot):
    remember(olga, view="agenda", density="compact")
    assert olga.get("/desk/").path.endswith("/agenda")
    assert "dense" in olga.get(f"/desk/{DAY}").one(".daygrid")["class"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_costs_the_same_statements_however_full_it_is(olga, clinic, view):
    def cost():
        with statements_read() as statements:
            assert olga.get(f"/desk/{DAY}{view}").status == 200
        return len(statements)

    empty = cost()
    with tenant_scope(clinic.id):
        for number in range(12):
            book(slot_id=clinic.slot(after=30 * number), type_id=clinic.type_id, actor="test", source="DESK")
    assert cost() == empty
    assert 0 < empty <= 8


def test_a_full_day_of_twelve_is_not_heavy(olga, clinic):
    with tenant_scope(clinic.id):
        for number in range(12):
            who = replace(clinic, specialist_id=add_specialist(full_name=f"Dr. Number {number}"))
            for slot in range(48):
                slot_id = who.slot(minutes=15, after=15 * slot)
                if slot % 2:
                    book(slot_id=slot_id, actor="test", source="DESK")
    page = olga.get(f"/desk/{DAY}")
    assert len(page.soup.select(".cell[data-panel]:not(.closed), .cell.free")) == 12 * 48
    assert len(gzip.compress(page.response.data)) <= 120_000


#: A week of twelve specialists, each with 48 quarters of an hour a day, every other one booked.
A_FULL_WEEK = """
    WITH people AS (
        INSERT INTO specialists (tenant_id, id, full_name, service_type)
        SELECT :tenant, gen_random_uuid(), 'Dr. Number ' || n, 'General practice' FROM generate_series(1, 12) n
        RETURNING id),
    slots AS (
        INSERT INTO time_slots (tenant_id, id, specialist_id, start_time, end_time, status)
        SELECT :tenant, gen_random_uuid(), p.id, at, at + interval '15 minutes',
               CAST(CASE WHEN n % 2 = 1 THEN 'BOOKED' ELSE 'AVAILABLE' END AS timeslot_status)
        FROM people p, generate_series(0, 6) day, generate_series(0, 47) n, LATERAL (
            SELECT CAST(:day AS timestamptz) + day * interval '1 day' + n * interval '15 minutes' AS at) time
        RETURNING id, specialist_id, start_time, end_time, status),
    patients AS (
        INSERT INTO patients (tenant_id, id, full_name)
        SELECT :tenant, gen_random_uuid(), 'Anna ' || substr(md5(CAST(n AS text)), 1, 10)
        FROM generate_series(1, 12 * 7 * 24) n RETURNING id)
    INSERT INTO appointments (tenant_id, patient_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time)
    SELECT :tenant, p.id, specialist_id, s.id, 1, start_time, end_time
    FROM (SELECT *, row_number() OVER () AS n FROM slots WHERE status = 'BOOKED') s
    JOIN (SELECT *, row_number() OVER () AS n FROM patients) p USING (n)"""


def test_a_full_week_of_twelve_is_not_heavy(olga, clinic, records):
    records.rows(A_FULL_WEEK, tenant=clinic.id, day=START)
    records.rows("ANALYZE patients")  # else each of the many clinics here is thought to have one
    page = olga.get(f"/desk/{DAY}/week")
    assert len(page.soup.select(".week-visits [data-visit]")) == 12 * 7 * 24
    assert len(gzip.compress(page.response.data)) <= 120_000
