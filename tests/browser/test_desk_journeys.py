"""What a receptionist does all day, start to end: with how many clicks, and with no mouse at all."""

import pytest
from playwright.sync_api import expect

from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

COUNT = """
    window.clicks = window.keys = 0;
    document.addEventListener("pointerdown", () => { window.clicks += 1; }, true);
    document.addEventListener("keydown", () => { window.keys += 1; }, true);
"""
A_CLICK, A_KEY, AN_ANSWER = 1.5, 0.25, 0.3  # seconds: to aim and press, at four letters a second, of the search


def test_a_caller_is_booked_with_one_click_and_a_few_letters(desk, morning, crowd, records):
    """In 20 seconds, by what a person has to do: how fast the machine of the tests is does not count."""
    page = desk().page
    page.evaluate(COUNT)
    page.click(f'.cell.free[value="{morning[2]}"]')
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("zoë t")
    expect(page.locator(".hit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".cell.confirmed")).to_contain_text("Zoë Tóth")
    clicks, keys = page.evaluate("[window.clicks, window.keys]")
    assert clicks <= 3
    assert keys > 3  # they are counted
    assert clicks * A_CLICK + keys * A_KEY + 3 * AN_ANSWER <= 20
    (booked,) = records.live(morning[2])
    assert records.appointment(booked).status == "CONFIRMED"


def go_to(page, goal):
    """By keys alone: Tab until the day has the focus, then arrows from cell to cell until it is this one."""
    inside = page.locator("[data-grid] .cell:focus")
    for _step in range(60):
        if inside.count():
            break
        page.keyboard.press("Tab")
    expect(inside).to_have_count(1)
    column = "cell => [...document.querySelectorAll('[data-column]')].indexOf(cell.closest('[data-column]'))"
    aside = goal.evaluate(column) - inside.evaluate(column)
    for _column in range(abs(aside)):
        page.keyboard.press("ArrowRight" if aside > 0 else "ArrowLeft")
    page.keyboard.press("Home")
    for _cell in range(20):
        if goal.evaluate("cell => cell === document.activeElement"):
            break
        page.keyboard.press("ArrowDown")
    expect(goal).to_be_focused()


def test_a_day_without_a_mouse(desk, morning, crowd, clinic, records, nine):
    """Book, move, cancel: by keys alone, each told through the status line."""
    other = colleague(clinic)
    beside = other.slot(nine, after=30)
    with tenant_scope(clinic.id):
        second = book(slot_id=morning[4], patient_id=clinic.pat, actor="test", source="DESK").id
    page = desk().page
    keys = page.keyboard

    go_to(page, page.locator(f'.cell[value="{morning[1]}"]'))
    keys.press("Enter")
    expect(page.locator("#q")).to_be_focused()
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
    expect(page.locator("[data-grid] .cell:focus")).to_contain_text("Zoë Tóth")

    go_to(page, page.locator(f'a.cell[href$="{second}"]'))
    keys.press("x")
    expect(page.locator("#reason")).to_be_focused()
    keys.type("flu")
    keys.press("Enter")
    expect(page.locator(f'.cell.free[value="{morning[4]}"]')).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Cancelled")
    assert records.appointment(second).status == "CANCELLED"


@pytest.mark.begun
def test_who_comes_in_is_marked_without_a_mouse(desk, morning, clinic, records):
    """By the letter on the visit itself, and by the button of its panel."""
    with tenant_scope(clinic.id):
        coming = [book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK").id for slot in morning[2:4]]
    page = desk().page
    go_to(page, page.locator(f'a.cell[href$="{coming[0]}"]'))
    page.keyboard.press("a")
    expect(page.locator("#status")).to_contain_text("Marked as arrived")
    expect(page.locator(f'a.cell.arrived[href$="{coming[0]}"]')).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f'a.cell[href$="{coming[1]}"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".panel")).to_be_visible()
    button = page.locator(".panel").get_by_role("button", name="Arrived")
    for _step in range(20):
        if button.evaluate("button => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cell.arrived")).to_have_count(2)
    assert [records.appointment(one).status for one in coming] == ["ARRIVED", "ARRIVED"]
