"""A held time at two desks: whose it is, who takes it over, and what becomes of half-typed words."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import wait_until
from tests.browser.test_changes import move_to_eleven
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold


@pytest.fixture
def half_typed(desk, morning) -> Page:
    """Olga holds the first time and has begun to write down who calls."""
    page = desk().page
    page.click(f'.cell.free[value="{morning[0]}"]')
    page.click(".new-patient > summary")
    page.fill("#full_name", "Nora New")
    return page


def kept(page: Page) -> None:
    expect(page.locator("#full_name")).to_have_value("Nora New")


def test_a_visit_is_moved_and_moved_back_meanwhile(clinic, half_typed, morning, records):
    with tenant_scope(clinic.id):
        visit = book(slot_id=morning[2], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id
    expect(half_typed.locator(".cell.confirmed")).to_be_visible()
    move_to_eleven(half_typed, ".cell.confirmed", morning[4])
    kept(half_typed)
    half_typed.click("#status [data-undo] button")
    expect(half_typed.locator("#status")).to_contain_text("Undone.")
    kept(half_typed)
    assert records.appointment(visit).time_slot_id == morning[2]
    half_typed.get_by_role("button", name="Add and book").click()
    expect(half_typed.locator("#status")).to_contain_text("Booked.")
    expect(half_typed.locator(".panel")).to_have_count(0)


def test_another_desk_takes_it_over_and_the_first_hears_of_it(desk, half_typed, morning, records):
    window = desk("alice")
    page = window.page
    page.click(".cell.held")
    expect(page.locator(".panel")).to_contain_text("by Olga.")
    expect(page.locator(".panel .button.primary")).to_have_count(0)
    window.check()
    page.click(".take-over summary")
    page.get_by_role("button", name="Take this time over").click()
    expect(page.locator("#q")).to_be_focused()
    expect(half_typed.locator("[data-ended]")).to_contain_text("Alice took this time over.")
    kept(half_typed)
    expect(half_typed.locator("#q")).to_be_hidden()
    half_typed.locator(".near button").first.click()
    expect(half_typed.locator("[data-countdown]")).to_be_visible()
    kept(half_typed)
    assert len(records.live(morning[0])) == len(records.live(morning[1])) == 1


def test_what_ran_out_is_held_again_with_its_words(half_typed, morning, records):
    records.run_out(*records.live(morning[0]))
    expect(half_typed.locator("[data-ended]")).to_contain_text("The hold on this time has ended.")
    expect(half_typed.locator(".notice.bad:visible")).to_have_count(1)
    half_typed.get_by_role("button", name="Hold it again").click()
    expect(half_typed.locator("[data-countdown]")).to_be_visible()
    kept(half_typed)
    wait_until(lambda: records.appointment(records.live(morning[0])[-1]).status == "HOLD")


def test_whoever_loses_a_time_gets_the_nearest(desk, clinic, morning, records):
    window = desk()
    page = window.page
    with tenant_scope(clinic.id):
        hold(slot_id=morning[0], actor="user:another", source="DESK")
    page.click(f'.cell.free[value="{morning[0]}"]')
    expect(page.locator(".panel .notice.bad")).to_be_focused()
    window.check()
    page.locator(".near button").first.click()
    expect(page.locator("#q")).to_be_focused()
    assert len(records.live(morning[1])) == 1


def test_looking_aside_keeps_what_was_typed(half_typed, clinic, morning):
    with tenant_scope(clinic.id):
        book(slot_id=morning[3], patient_id=clinic.pat, actor="test", source="DESK")
    half_typed.click(".cell.confirmed")
    expect(half_typed.locator(".panel")).to_contain_text("Pat Doe")
    half_typed.click(".cell.held")
    expect(half_typed.locator(".new-patient[open]")).to_be_visible()
    kept(half_typed)


def test_escape_asks_before_words_are_lost(half_typed, morning, records):
    answers = []
    half_typed.on(
        "dialog",
        lambda asked: (answers.append(asked.message), asked.dismiss() if len(answers) == 1 else asked.accept()),
    )
    half_typed.press("#full_name", "Escape")
    kept(half_typed)
    assert len(records.live(morning[0])) == 1
    half_typed.press("#full_name", "Escape")
    expect(half_typed.locator(".panel")).to_have_count(0)
    assert answers == ["Give the time back? What you typed for it is lost."] * 2
    assert records.live(morning[0]) == []


def test_another_day_says_what_is_held(desk, morning, records):
    window = desk()
    page = window.page
    page.click(f'.cell.free[value="{morning[0]}"]')
    expect(page.locator("#q")).to_be_focused()
    page.click("[data-day-after]")
    notice = page.locator("[data-held-elsewhere]")
    expect(notice).to_contain_text("You hold")
    window.check()
    notice.get_by_role("link", name="Go on").click()
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#status")).to_contain_text("The time is free again.")
    expect(notice).to_have_count(0)
    assert records.live(morning[0]) == []


def test_back_to_the_found_times(desk, morning, records):
    page = desk().page
    page.get_by_role("link", name="Next free").click()
    page.select_option("#nf-part", "morning")
    page.get_by_role("button", name="Find times").click()
    expect(page.locator("#nf-part option[selected]")).to_have_attribute("value", "morning")
    page.locator(".found .hit").nth(1).click()
    expect(page.locator("#q")).to_be_focused()
    page.get_by_role("link", name="Back to the found times").click()
    expect(page.locator("#nf-part")).to_have_value("morning")
    page.click(".cell.held")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#nf-part")).to_have_value("morning")
    expect(page.locator(".found .hit").first).to_be_visible()
    assert records.live(morning[1]) == []
