"""What a receptionist does all day, start to end: with how many clicks, and with no mouse at all."""

import time

from playwright.sync_api import expect

from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

COUNT_CLICKS = """
    window.clicks = 0;
    document.addEventListener("pointerdown", () => { window.clicks += 1; }, true);
"""


def test_a_caller_is_booked_with_one_click_and_a_few_letters(desk, morning, crowd, records):
    """At the pace of somebody who types four letters a second."""
    page = desk().page
    page.evaluate(COUNT_CLICKS)
    started = time.monotonic()
    page.click(f'.cell.free[value="{morning[2]}"]')
    page.locator("#q").wait_for()
    page.keyboard.type("zoë t", delay=250)
    expect(page.locator(".hit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".cell.confirmed")).to_contain_text("Zoë Tóth")
    print(f"{time.monotonic() - started:.1f} s, {page.evaluate('window.clicks')} click")
    assert page.evaluate("window.clicks") <= 3
    (booked,) = records.live(morning[2])
    assert records.appointment(booked).status == "CONFIRMED"


def test_a_day_without_a_mouse(desk, morning, crowd, clinic, records, nine):
    """Book, move, cancel: by keys alone, each told through the status line."""
    other = colleague(clinic)
    beside = other.slot(nine, after=30)
    with tenant_scope(clinic.id):
        second = book(slot_id=morning[4], patient_id=clinic.pat, actor="test", source="DESK").id
    page = desk().page
    keys = page.keyboard

    page.locator(f'.cell[value="{morning[1]}"]').focus()
    keys.press("Enter")
    page.locator("#q").wait_for()
    keys.type("zo")
    expect(page.locator(".hit")).to_have_count(1)
    keys.press("Enter")
    visit = page.locator("a.cell", has_text="Zoë Tóth")
    expect(visit).to_be_focused()

    keys.press("m")
    page.locator(".outline").wait_for()
    keys.press("ArrowLeft")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Move it there")).to_be_focused()  # another specialist: asked once more
    keys.press("Enter")
    expect(page.locator("#status")).to_contain_text("Moved")
    assert len(records.live(beside)) == 1
    assert records.live(morning[1]) == []

    page.locator(f'a.cell[href$="{second}"]').focus()
    keys.press("x")
    page.locator("#reason").wait_for()
    expect(page.locator("#reason")).to_be_focused()
    keys.type("flu")
    keys.press("Enter")
    expect(page.locator(f'.cell.free[value="{morning[4]}"]')).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Cancelled")
    assert records.appointment(second).status == "CANCELLED"
