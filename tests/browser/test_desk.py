"""A caller on the phone: a click, part of a name, Enter."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon, wait_until
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


def confirmed(records, slot):
    return [records.appointment(found).status for found in records.live(slot)] == ["CONFIRMED"]


def test_with_scripting_the_day_never_leaves_the_screen(desk, morning, crowd, records):
    window = desk()
    page = window.page
    day = page.url
    page.click(".cell.free >> nth=1")
    page.wait_for_selector(".panel")
    expect(page.locator("#q")).to_be_focused()
    page.wait_for_selector(".cell.held")
    page.keyboard.type("zo")
    page.wait_for_selector(".hit")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell.confirmed")
    assert page.url == day
    expect(page.locator(".cell.confirmed")).to_contain_text("Zoë Tóth")
    expect(page.locator("#status")).to_contain_text("Booked.")
    expect(page.locator(".cell.confirmed")).to_be_focused()
    expect(page.locator(".panel")).to_have_count(0)
    assert confirmed(records, morning[1])


def test_without_scripting_it_is_the_same_in_pages(desk, morning, crowd, records):
    page = desk(scripting=False).page
    page.click(".cell.free >> nth=1")
    page.fill("#q", "zo")
    page.click(".search button")
    page.click(".hit")
    expect(page.locator(".cell.confirmed.marked")).to_contain_text("Zoë Tóth")
    assert confirmed(records, morning[1])


@pytest.mark.parametrize("scripting", [True, False])
def test_somebody_new(desk, morning, records, scripting):
    page = desk(scripting=scripting).page
    page.click(".cell.free >> nth=0")
    page.click(".panel summary")
    page.fill("#full_name", "Renée O'Hara")
    page.fill("#phone", "call her sister")
    page.click("text=Add and book")
    page.wait_for_selector(".problem")
    expect(page.locator("#full_name")).to_have_value("Renée O'Hara")
    page.fill("#phone", "030 1234567")
    page.click("text=Add and book")
    page.wait_for_selector(".cell.confirmed")
    assert confirmed(records, morning[0])


def test_whom_nobody_knows_is_not_typed_twice(desk, morning, crowd):
    page = desk().page
    page.click(".cell.free >> nth=0")
    page.fill("#q", "xaver quill")
    expect(page.locator("#full_name")).to_be_visible()
    expect(page.locator("#full_name")).to_have_value("Xaver Quill")
    page.fill("#full_name", "Xaver Quill-Bo")
    page.fill("#q", "zzz")
    expect(page.locator("[data-name='Zzz']")).to_have_count(1)
    expect(page.locator("#full_name")).to_have_value("Xaver Quill-Bo")


def test_beside_a_panel_the_day_can_still_be_worked_in(desk, morning):
    """As wide as an old laptop: the panel has a column of its own."""
    page = desk(width=1024, height=768).page
    page.click(".cell.free >> nth=0")
    page.wait_for_function("""() => {
        const box = (one) => document.querySelector(one)?.getBoundingClientRect();
        const [grid, panel] = [box(".daygrid-wrap"), box(".panel-place .panel")];
        return grid && panel && grid.right <= panel.left;
    }""")


def test_a_day_and_a_specialist_are_gone_to_by_choosing(desk, clinic, morning):
    window = desk()
    page = window.page
    page.locator("#go-to").evaluate(
        "field => { field.value = '2031-03-05'; field.dispatchEvent(new Event('change', { bubbles: true })) }"
    )
    page.wait_for_url("**/desk/2031-03-05")
    page.keyboard.press("w")
    page.wait_for_url("**/week")
    page.select_option("#whose", str(clinic.specialist_id))
    expect(page.locator("h1")).to_contain_text("Dr. Sam Weiss")
    page.locator("#go-to").press("ArrowUp")
    expect(page.locator("h1")).to_contain_text("Dr. Sam Weiss")


def test_keyboard_only(desk, morning, crowd, records):
    window = desk()
    page = window.page
    page.locator(".cell.free").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel")
    page.keyboard.type("anna")
    expect(page.locator(".hit")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.locator(".hit", has_text="Anna Berg")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit", has_text="Anna Costa")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell.confirmed")
    expect(page.locator(".cell.confirmed")).to_contain_text("Anna Costa")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel")
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel", state="detached")
    expect(page.locator(".cell.confirmed")).to_be_focused()


def test_enter_does_not_book_what_was_found_for_other_letters(desk, morning, crowd, records):
    page = desk().page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(".panel")
    page.keyboard.type("zo")
    page.wait_for_selector(".hit")
    page.fill("#q", "anna")
    page.press("#q", "Enter")
    expect(page.locator(".hit")).to_have_count(3)
    (held,) = records.live(morning[0])
    assert records.appointment(held).status == "HOLD"


def test_escape_gives_the_time_back_and_the_focus_too(desk, morning, records):
    window = desk()
    page = window.page
    page.click(".cell.free >> nth=3")
    page.wait_for_selector(".panel")
    page.keyboard.press("Escape")
    page.wait_for_selector(".panel", state="detached")
    expect(page.locator(f'.cell[value="{morning[3]}"]')).to_be_focused()
    expect(page.locator("#status")).to_contain_text("The time is free again.")
    assert records.live(morning[3]) == []


def test_holding_longer_renews_the_clock(desk, morning, records):
    page = desk().page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(".panel")
    (held,) = records.live(morning[0])
    page.click("text=Hold longer")
    wait_until(lambda: records.appointment(held).extensions == 1)
    expect(page.locator(".panel [data-left]")).to_contain_text("left")


@pytest.mark.begun
@pytest.mark.parametrize("scripting", [True, False])
@pytest.mark.parametrize(("button", "look"), [("Arrived", "arrived"), ("Done", "completed"), ("No-show", "no-show")])
def test_what_comes_next(desk, morning, clinic, button, look, scripting):
    with tenant_scope(clinic.id):
        book(slot_id=morning[0], patient_id=clinic.pat, actor="test", source="DESK")
    page = desk(scripting=scripting).page
    page.click(".cell.confirmed")
    page.get_by_role("button", name=button).click()
    page.wait_for_selector(f".cell.{look}")
    expect(page.locator(f".cell.{look}")).to_contain_text("Pat Doe")


@pytest.mark.parametrize("scripting", [True, False])
def test_cancelling_with_a_reason(desk, morning, clinic, records, scripting):
    with tenant_scope(clinic.id):
        booked = book(slot_id=morning[0], patient_id=clinic.pat, actor="test", source="DESK").id
    page = desk(scripting=scripting).page
    page.click(".cell.confirmed")
    page.click("text=Cancel this appointment")
    page.fill("#reason", "flu")
    page.click("button.danger")
    page.wait_for_selector(f'.cell.free[value="{morning[0]}"]')
    assert records.appointment(booked).status == "CANCELLED"


@pytest.mark.begun
def test_a_stale_panel_shows_how_it_stands_now(desk, morning, clinic, records):
    with tenant_scope(clinic.id):
        booked = book(slot_id=morning[0], patient_id=clinic.pat, actor="test", source="DESK").id
    page = desk().page
    page.click(".cell.confirmed")
    page.wait_for_selector(".panel")
    with tenant_scope(clinic.id):
        from webapp.services.appointments import arrive

        arrive(appointment_id=booked, actor="user:another")
    page.get_by_role("button", name="No-show").click()
    page.wait_for_selector(".panel .notice.bad")
    expect(page.locator(".status-line")).to_contain_text("Arrived")
    assert records.appointment(booked).status == "ARRIVED"


def test_the_scroll_stays_where_it_was(desk, clinic):
    for number in range(8, 24):
        clinic.slot(soon(), after=30 * number)
    page = desk(height=500).page
    page.reload()
    page.evaluate("document.querySelector('.daygrid-wrap').scrollTop = 300")
    page.evaluate("document.querySelectorAll('.cell.free')[12].click()")
    page.wait_for_selector(".cell.held")
    assert page.evaluate("document.querySelector('.daygrid-wrap').scrollTop") == 300


def test_signed_out_meanwhile_leads_to_the_lock(desk, clinic, records):
    window = desk()
    records.rows("DELETE FROM user_sessions WHERE tenant_id = :id", id=clinic.id)
    window.page.click(".cell.free >> nth=0")
    window.headed("Locked")


def test_signed_out_meanwhile_a_look_leads_to_sign_in(desk, clinic, records):
    page = desk().page
    records.rows("DELETE FROM user_sessions WHERE tenant_id = :id", id=clinic.id)
    page.click("[data-key=j]")
    page.wait_for_url("**/sign-in**")


def test_a_refused_form_is_told_and_the_day_stays(desk, morning, records):
    window = desk()
    page = window.page
    window.context.clear_cookies()
    page.click(".cell.free >> nth=0")
    expect(page.locator("#status")).to_contain_text("This form was open too long")
    expect(page.locator(".daygrid")).to_be_visible()
    assert records.live(morning[0]) == []


def test_a_lost_connection_is_told_and_the_day_stays(desk, morning):
    window = desk()
    page = window.page
    window.context.set_offline(True)
    page.click(".cell.free >> nth=0")
    expect(page.locator("#status")).to_contain_text("No answer from the server.")
    window.context.set_offline(False)
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(".panel")
    expect(page.locator("#status .notice")).to_have_count(0)


def test_the_head_and_the_hours_stay_in_sight(desk, clinic):
    for number in range(8, 24):
        clinic.slot(soon(), after=30 * number)
    page = desk(width=360, height=600).page
    page.reload()
    seen = page.evaluate(
        """() => {
            const grid = document.querySelector(".daygrid-wrap");
            grid.scrollTop = 400; grid.scrollLeft = 60;
            const box = grid.getBoundingClientRect();
            return [document.querySelector(".head").getBoundingClientRect().top - box.top,
                    document.querySelector(".axis").getBoundingClientRect().left - box.left];
        }"""
    )
    assert all(0 <= offset <= 2 for offset in seen), seen


def test_a_group_sells_a_seat(desk, clinic, crowd, records):
    group = clinic.slot(soon(hour=14), capacity=3)
    page = desk().page
    page.reload()
    page.click(".cell.group")
    page.click("text=Take a seat")
    page.fill("#q", "pat")
    page.wait_for_selector(".hit")
    page.click(".hit")
    expect(page.locator(".panel")).to_have_count(0)
    expect(page.locator(".cell.group")).to_contain_text("1 of 3")
    assert confirmed(records, group)
