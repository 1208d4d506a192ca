"""Signing in and out by keyboard alone."""

from playwright.sync_api import expect

from tests.conftest import PASSWORD


def test_by_keyboard(open_window, staff):
    window = open_window()
    page = window.go("/sign-in")
    page.keyboard.press("Tab")
    assert window.focused() == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#email")).to_be_focused()
    page.keyboard.type(staff["olga"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/*")
    page.get_by_role("button", name="Sign out").press("Enter")
    page.wait_for_url("**/sign-in")
    expect(page.locator("#status")).to_contain_text("You are signed out.")


def test_a_refusal_is_read_first(open_window, staff):
    window = open_window()
    page = window.go("/sign-in")
    page.fill("#email", staff["olga"])
    page.fill("#password", "wrong password")
    page.keyboard.press("Enter")
    page.wait_for_selector(".problem")
    assert page.title().startswith("Error: ")
    expect(page.locator(".problem")).to_be_focused()
    window.check()
