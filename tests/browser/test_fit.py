"""The visit that is chosen for a held time sets how long it is held, while the caller waits."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import wait_until
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.specialists import add_type


@pytest.fixture
def hour(clinic):
    with tenant_scope(clinic.id):
        return str(add_type(name="Long visit", minutes=60, specialist_ids=[clinic.specialist_id]))


def test_the_time_grows_with_the_visit_and_nothing_typed_is_lost(desk, hour, morning, records):
    page = desk().page
    page.click(f'.cell.free[value="{morning[1]}"]')
    page.click(".new-patient summary")
    page.fill("#full_name", "Nora New")
    expect(page.locator("[data-fits]")).to_be_hidden()
    page.select_option("#visit", hour)
    expect(page.locator("#panel-title")).to_have_text("9:30\u202fAM – 10:30\u202fAM")
    expect(page.locator("#type_id")).to_have_value(hour)
    expect(page.locator("#full_name")).to_have_value("Nora New")
    expect(page.locator(f'.cell.free[value="{morning[2]}"]')).to_have_count(0)
    assert records.slot(morning[2]).status == "HOLD"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_visit_that_does_not_fit_says_until_when_and_where_it_does(desk, clinic, hour, morning, records, scheme):
    with tenant_scope(clinic.id):
        book(slot_id=morning[2], patient_id=clinic.pat, actor="test", source="DESK")
    window = desk(scheme=scheme)
    page = window.page
    page.click(f'.cell.free[value="{morning[1]}"]')
    page.click(".new-patient summary")
    page.fill("#full_name", "Nora New")
    page.select_option("#visit", hour)
    notice = page.locator("[data-too-long]")
    expect(notice).to_contain_text("Free only until 10:00\u202fAM (Pat Doe).")
    expect(page.locator("#visit")).to_have_value(hour)
    window.check()
    notice.locator(f'[value="{morning[3]}"]').click()
    expect(page.locator("#panel-title")).to_have_text("10:30\u202fAM – 11:30\u202fAM")
    expect(page.locator("#full_name")).to_have_value("Nora New")
    wait_until(lambda: records.slot(morning[1]).status == "AVAILABLE")
    page.get_by_role("button", name="Add and book").click()
    expect(page.locator(".cell.confirmed.marked")).to_contain_text("Nora New")


def test_without_scripting_a_button_does_it(desk, hour, morning, records):
    page = desk(scripting=False).page
    page.click(f'.cell.free[value="{morning[1]}"]')
    page.select_option("#visit", hour)
    page.get_by_role("button", name="Hold that long").click()
    expect(page.locator("h1")).to_have_text("9:30\u202fAM – 10:30\u202fAM")
    assert records.slot(morning[2]).status == "HOLD"
