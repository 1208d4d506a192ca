"""From an empty clinic to one that takes bookings, by hand."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon


@pytest.mark.parametrize("scripting", [True, False])
def test_a_specialist_with_hours_types_and_a_slot(open_window, staff, clinic, records, scripting):
    window = open_window(scripting=scripting)
    window.sign_in(staff["alice"])
    page = window.go("/admin/")
    page.fill("#specialist-full_name", "Dr. Nyx")
    page.select_option("#specialist-colour", "4")
    page.click("text=Add specialist")
    page.wait_for_url("**/admin/specialists/*")
    for column, value in (("opens", "08:00"), ("closes", "12:00"), ("slot_minutes", "20")):
        page.fill(f"#h0-{column}", value)
    page.select_option("#h0-weekday", "0-4")
    page.click("text=Save hours")
    page.wait_for_selector(".notice.good")
    expect(page.locator(".hours tbody tr:not(.spare)")).to_have_count(5)
    page.check("text=Consultation")
    page.click("text=Save types")
    page.wait_for_selector(".notice.good")
    page.fill("#slot-day", str(soon(days=2).date()))
    page.fill("#slot-opens", "20:00")
    page.fill("#slot-closes", "20:30")
    page.fill("#slot-capacity", "6")
    page.click("text=Add slot")
    page.wait_for_selector("text=The slot was added.")
    (slots,) = records.one("SELECT count(*) FROM time_slots WHERE tenant_id = :id AND capacity = 6", id=clinic.id)
    assert slots == 1
    page = window.go(f"/desk/{soon(days=2).date()}")
    expect(page.locator(".cell.group")).to_have_count(1)
    expect(page.locator(".daygrid")).to_contain_text("Dr. Nyx")
