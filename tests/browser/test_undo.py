"""What was just done, said with the way back; and where the focus goes when what had it is gone."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import soon, wait_until
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book


@pytest.fixture
def booked(clinic, morning, records) -> UUID:
    records.rows("UPDATE patients SET email = 'pat@mail.example' WHERE id = :id", id=clinic.pat)
    with tenant_scope(clinic.id):
        made = book(slot_id=morning[1], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK")
    return made.id


@pytest.fixture
def cancelled(desk, booked) -> Page:
    """By keyboard."""
    page = desk().page
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("x")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.type("flu")
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Cancelled; the time is free again.")
    return page


def test_the_focus_takes_the_time_that_came_free(cancelled, morning):
    expect(cancelled.locator(f'.cell.free[value="{morning[1]}"]')).to_be_focused()


def test_the_way_back_stays_while_something_else_is_opened(cancelled, morning, booked, records):
    cancelled.click(f'.cell.free[value="{morning[3]}"]')
    expect(cancelled.locator("#q")).to_be_focused()
    expect(cancelled.locator("#status [data-undo]")).to_be_visible()
    cancelled.keyboard.press("Escape")
    expect(cancelled.locator("#status")).to_contain_text("The time is free again.")
    cancelled.keyboard.press("u")
    wait_until(lambda: records.appointment(booked).status == "CONFIRMED")
    expect(cancelled.locator("#status")).to_contain_text("Undone.")
    expect(cancelled.locator("#status [data-undo]")).to_have_count(0)


def test_the_patient_is_not_told_when_the_desk_says_so(cancelled, booked, records):
    expect(cancelled.locator("#status")).to_contain_text("The patient will be told.")
    cancelled.get_by_role("button", name="Don’t tell").click()
    expect(cancelled.locator("#status")).to_contain_text("The patient is not written to.")
    query = "SELECT status FROM messages WHERE appointment_id = :id AND kind = 'CANCELLATION'"
    assert records.one(query, id=booked).status == "SKIPPED"
    expect(cancelled.locator("#status [data-undo]")).to_have_count(1)
    cancelled.keyboard.press("u")
    wait_until(lambda: records.appointment(booked).status == "CONFIRMED")


def test_without_scripting_too(desk, booked, records):
    page = desk(scripting=False).page
    page.click(".cell.confirmed")
    page.click("text=Cancel this appointment")
    page.click("button.danger")
    page.get_by_role("button", name="Don’t tell").click()
    expect(page.locator("#status")).to_contain_text("The patient is not written to.")
    page.get_by_role("button", name="Undo").click()
    wait_until(lambda: records.appointment(booked).status == "CONFIRMED")
    expect(page.locator("h1")).to_contain_text(str(soon().day))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_list_of_what_was_cancelled(desk, booked, records, clinic, scheme):
    with tenant_scope(clinic.id):
        cancel(appointment_id=booked, actor="test")
    window = desk(scheme=scheme)
    page = window.page
    page.click(".display > summary")
    page.select_option("#only-status", label="Cancelled")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile("/list.*status=CANCELLED"))
    line = page.locator("tbody a.cancelled")
    expect(line).to_have_text("Pat Doe")
    window.check()
    line.click()
    page.get_by_role("button", name="Undo this").click()
    wait_until(lambda: records.appointment(booked).status == "CONFIRMED")
    expect(line).to_have_count(0)
    expect(page.locator("tbody")).to_contain_text("No visits.")
    window.check()
    window.go(f"/desk/{soon().date()}/agenda?status=CANCELLED")
    expect(page.locator(".agenda")).to_contain_text("No visits.")
    with tenant_scope(clinic.id):
        cancel(appointment_id=booked, actor="test")
    expect(page.locator(".agenda a.cancelled")).to_have_text("Pat Doe", timeout=10_000)
    window.check()
