"""The waiting list's pages for patients are open to everybody, in every state."""

import pytest
from playwright.sync_api import expect

from webapp.core.tenancy import tenant_scope
from webapp.services.waitlist import make_offer


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_from_joining_to_the_receipt(open_window, morning, clinic, records, width, scheme):
    window = open_window(width=width, scheme=scheme)
    page = window.go(f"/wait/{clinic.type_id}")
    window.check()
    page.click(".actions .primary")
    page.wait_for_selector(".problem")
    window.check()
    page.fill("#full_name", "Nora Ek")
    page.fill("#email", "nora@mail.example")
    page.click(".actions .primary")
    page.wait_for_selector("text=What you wait for")
    window.check()
    entry = records.one("SELECT id FROM waitlist_entries WHERE tenant_id = :t", t=clinic.id).id
    with tenant_scope(clinic.id):
        make_offer(entry_id=entry, slot_id=morning[0], actor="waitlist")
    page.reload()
    page.wait_for_selector("text=A time is free for you")
    window.check()
    page.click("text=Book it")
    page.wait_for_selector(".done-mark")
    window.check()
    window.go("/wait")
    window.check()


@pytest.mark.parametrize("scripting", [True, False])
def test_by_keyboard_alone(open_window, morning, clinic, records, scripting):
    window = open_window(width=360, scripting=scripting)
    page = window.go(f"/wait/{clinic.type_id}")
    for field, words in (("full_name", "Nora Ek"), ("email", "nora@mail.example")):
        window.tab_to(field)
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("What you wait for")
    entry = records.one("SELECT id FROM waitlist_entries WHERE tenant_id = :t", t=clinic.id).id
    with tenant_scope(clinic.id):
        make_offer(entry_id=entry, slot_id=morning[0], actor="waitlist")
    page.reload()
    window.headed("A time is free for you")
    window.tab_to("Book it")
    page.keyboard.press("Enter")
    expect(page.locator(".done-mark")).to_be_visible()
    assert records.one("SELECT status FROM waitlist_entries WHERE id = :id", id=entry).status == "BOOKED"
