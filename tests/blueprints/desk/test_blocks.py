"""Block time from the toolbar or from a held time, and open it again."""

import re
from uuid import uuid4

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as START

FORM = {"day": DAY, "begins": "00:00", "until": "01:00", "reason": "Team meeting", "hold": ""}
AT = int(START.timestamp() // 60)


def block(olga, **fields):
    return olga.post("/desk/blocks", FORM | {"specialist_id": str(olga.clinic.specialist_id)} | fields)


def closures(records, clinic):
    return records.rows("SELECT * FROM closures WHERE tenant_id = :t", t=clinic.id)


def test_from_a_free_time_in_three_steps(olga, hold_page, slot, clinic, records):
    link = next(a for a in hold_page.soup.select("a") if "Block this time" in a.get_text())
    form = olga.get(link["href"])
    assert (form.value("day"), form.value("begins"), form.value("until")) == (DAY, "00:00", "00:30")
    page = olga.submit(form, "/desk/blocks", reason="Team meeting")
    assert page.path.endswith(f"/desk/{DAY}")
    assert "Team meeting" in page.one(".cell.blocked").get_text()
    assert records.live(slot) == []
    (row,) = closures(records, clinic)
    assert (row.reason, row.start_time, row.specialist_id) == ("Team meeting", START, clinic.specialist_id)


def test_from_the_toolbar(olga, slot, clinic):
    link = olga.get(f"/desk/{DAY}").one(".tools a[href*=block]")
    form = olga.get(link["href"])
    assert (form.value("day"), form.value("begins"), form.value("until")) == (DAY, "09:00", "10:00")


def test_who_stands_inside_is_listed_first_and_stays(olga, booked, clinic, records):
    page = block(olga)
    assert page.status == 409
    assert "1 appointment stands in this time." in page.text
    assert "Pat Doe" in page.one(".affected").get_text()
    assert page.value("reason") == "Team meeting"
    assert closures(records, clinic) == []
    olga.submit(page, "/desk/blocks", sure="1")
    assert len(closures(records, clinic)) == 1
    assert records.appointment(booked).status == "CONFIRMED"


def test_undone_where_it_was_said(olga, slot, clinic, records):
    page = block(olga)
    assert page.one("#status [data-undo] .notice-text").get_text() == "The time is blocked."
    olga.submit(page, "/open")
    assert closures(records, clinic) == []
    assert olga.get(f"/desk/{DAY}").soup.select(".cell.free")


def test_opened_again_where_it_says_why_not(olga, slot, clinic, records):
    block(olga)
    page = olga.get(f"/desk/why?specialist={clinic.specialist_id}&at={AT}")
    assert "Team meeting" in page.text
    assert re.search(r"Blocked \w+ \d+, \d{4}, .*, you$", page.one(".reasons .soft").get_text(" ", strip=True))
    olga.submit(page, "/open")
    assert closures(records, clinic) == []
    assert olga.get(f"/desk/{DAY}").soup.select(".cell.free")


def test_until_midnight(olga, clinic, records):
    block(olga, begins="22:00", until="00:00")
    (row,) = closures(records, clinic)
    assert (row.end_time - row.start_time).total_seconds() == 7200


def test_bad_input(olga, clinic, records):
    for field, value in {"begins": "25:00", "until": "x", "day": "never", "reason": " ", "specialist_id": "x"}.items():
        page = block(olga, **{field: value})
        assert (page.status, len(page.problems)) == (400, 1), field
    assert "The end must be after the start." in block(olga, begins="10:00", until="09:00").text
    assert block(olga, specialist_id=str(uuid4())).status == 400
    assert olga.post(f"/desk/blocks/{uuid4()}/open").status == 404
    assert olga.get("/desk/block?specialist=x&at=x&hold=x&day=x").status == 200
    assert "This time is over already." in block(olga, day="2020-03-03").text
    assert closures(records, clinic) == []


def test_another_clinics_block_stays(olga, mallory, other_clinic, clinic, records):
    block(olga)
    (row,) = closures(records, clinic)
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/blocks/{row.id}/open").status == 404
    assert mallory.post("/desk/blocks", FORM | {"specialist_id": str(clinic.specialist_id)}).status == 400
    assert len(closures(records, clinic)) == 1
    assert closures(records, other_clinic) == []
