"""A session ends while somebody types at the desk: the password brings the very form back."""

from playwright.sync_api import expect

from tests.conftest import PASSWORD


def test_the_form_stays_and_can_be_sent_after_the_password(desk, morning, records, clinic):
    window = desk()
    page = window.page
    page.click(".cell.free >> nth=0")
    page.click(".panel summary")
    page.fill("#full_name", "Half a Name")
    page.fill("#phone", "+4930555123")
    records.rows("UPDATE user_sessions SET expires_at = now() WHERE tenant_id = :id", id=clinic.id)
    window.context.clear_cookies(name="session")  # as when somebody signed out in another window of this browser
    page.click("[form=new-patient].primary, #new-patient .primary")
    window.headed("Locked")
    expect(page.locator("#full_name")).to_have_count(0)
    page.fill("#lock-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#full_name")).to_have_value("Half a Name")
    page.click("[form=new-patient].primary, #new-patient .primary")
    expect(page.locator(".cell.confirmed")).to_contain_text("Half a Name")
    assert len(records.live(morning[0])) == 1
