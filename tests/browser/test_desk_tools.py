"""When the day goes wrong: squeezing in, blocking, somebody away, the waiting list; in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


@pytest.fixture
def booked(clinic, morning):
    """Pat has the first time of the morning."""
    with tenant_scope(clinic.id):
        return book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, actor="t", source="DESK").id


@pytest.mark.parametrize("scripting", [True, False])
def test_squeezed_in_where_it_is_full(desk, booked, morning, crowd, records, scripting):
    page = desk(scripting=scripting).page
    page.click(".cell.confirmed")
    page.click(".squeeze summary")
    page.fill("#squeeze-reason", "chest pain")
    page.click("text=Squeeze in >> nth=-1")
    expect(page.locator("#panel-title")).to_contain_text("9:00")
    page.fill("#q", "zo")
    if not scripting:
        page.click(".search button")
    page.click(".hit")
    expect(page.locator(".cell.squeezed")).to_contain_text("Zoë Tóth")
    expect(page.locator(".cell.squeezed")).to_have_css("border-top-style", "dashed")
    rows = [records.appointment(one) for one in records.live(morning[0])]
    assert [(row.seat, row.priority) for row in rows] == [(0, "URGENT"), (1, "NORMAL")]


@pytest.mark.parametrize("scripting", [True, False])
def test_blocked_in_three_steps(desk, morning, records, clinic, scripting):
    page = desk(scripting=scripting).page
    page.click(f'.cell[value="{morning[2]}"]')
    page.click("text=Block this time instead")
    page.fill("#reason", "Team meeting")
    page.click("main .panel button.primary")
    expect(page.locator(".cell.blocked")).to_contain_text("Team meeting")
    assert records.slot(morning[2]).status == "BOOKED"
    page.click(".cell.blocked")
    page.click("text=Open it again")
    expect(page.locator(f'.cell.free[value="{morning[2]}"]')).to_be_visible()
    assert records.rows("SELECT 1 FROM closures WHERE tenant_id = :t", t=clinic.id) == []


def test_why_not_beside_the_day(desk, booked, morning):
    page = desk().page
    page.click(".cell.confirmed")
    page.click("text=Why is this time not free?")
    expect(page.locator(".reasons")).to_contain_text("Booked from 9:00 AM to 9:30 AM.")
    page.select_option("#why-type", index=1)
    page.click("text=Check")
    expect(page.locator(".near button")).to_have_count(3)
    page.click(".near button >> nth=0")
    page.wait_for_selector("#q")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)


def test_somebody_is_away(desk, booked, clinic, records):
    other = colleague(clinic)
    slot = other.slot(soon(hour=10))
    page = desk().page
    page.click(".day-tools >> text=Sick day")
    page.select_option("#specialist_id", str(clinic.specialist_id))
    page.click("text=Look for other times")
    expect(page.locator("tbody tr")).to_contain_text("Dr. Ruth Adler")
    assert records.slot(slot).status == "HOLD"
    page.click("text=Close the days and move all")
    expect(page.locator("main .notice.good")).to_contain_text("The days are closed.")
    assert records.appointment(booked).time_slot_id == slot
    page.click("tbody button")
    expect(page.locator("tbody")).to_contain_text("Told, ")


def test_offered_to_who_waits(desk, morning, crowd, records):
    page = desk().page
    page.click(".day-tools >> text=Waiting")
    page.fill("#q", "zo")
    expect(page.locator(".waitlist .hit")).to_contain_text("Zoë Tóth")
    page.press("#q", "Enter")
    page.click("text=Put on the list")
    page.click("text=/Offer .*9:30/")
    expect(page.locator(".panel")).to_contain_text("is held for this patient until")
    expect(page.locator(".cell.held")).to_be_visible()
    assert records.slot(morning[1]).status == "HOLD"
    page.click("text=Yes, book it")
    expect(page.locator(".cell.confirmed")).to_contain_text("Zoë Tóth")
    assert records.slot(morning[1]).status == "BOOKED"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_open_to_everybody(desk, booked, clinic, morning, width, scheme):
    window = desk(width=width, scheme=scheme)
    at = int(soon().timestamp() // 60)
    for path in (
        f"/desk/why?specialist={clinic.specialist_id}&at={at}",
        f"/desk/block?day={soon().date()}",
        f"/desk/sick-day?day={soon().date()}",
        "/desk/waitlist",
        f"/desk/waitlist/new?patient={clinic.pat}",
        f"/desk/appointments/{booked}",
    ):
        window.go(path)
        window.check()
    window.page.click(".squeeze summary")
    window.check()
    window.go(f"/desk/waitlist/new?patient={clinic.pat}")
    window.page.click("text=Put on the list")
    window.check()
    window.go(f"/desk/block?day={soon().date()}")
    window.page.fill("#begins", "09:00")
    window.page.fill("#reason", "Meeting")
    window.page.click("main .panel button.primary")
    window.check()
    window.page.click("text=Block all the same")
    window.go(f"/desk/sick-day?day={soon().date()}")
    window.page.click("text=Look for other times")
    window.check()
    window.page.click("text=Change")
    window.check()
    window.go(f"/desk/{soon().date()}")
    window.check()
