"""Half a note, half a reason, half a phone number: what else is done at the desk meanwhile takes none of it away."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_changes import move_to_eleven
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

NOTE = "Brings the X-rays from"


@pytest.fixture
def visits(clinic, morning) -> list[UUID]:
    with tenant_scope(clinic.id):
        pats = {"patient_id": clinic.pat, "type_id": clinic.type_id}
        taken = ((morning[1], pats), (morning[3], {}))
        return [book(slot_id=slot, actor="test", source="DESK", **more).id for slot, more in taken]


@pytest.fixture
def page(desk, visits) -> Page:
    """Pat's visit is open, and a note half typed."""
    page = desk().page
    open_panel(page, visits[0])
    page.click(".desk-note summary")
    page.fill("#desk-note", NOTE)
    return page


def open_panel(page: Page, visit: UUID) -> None:
    page.click(cell(visit))
    expect(page.locator("#panel-title")).to_be_focused()


def cell(visit: UUID) -> str:
    return f'.cell[href$="{visit}"]'


def kept(page: Page) -> None:
    expect(page.locator("#desk-note")).to_have_value(NOTE)
    expect(page.locator("#desk-note")).to_be_visible()


def test_another_visit_is_looked_at(page, visits):
    open_panel(page, visits[1])
    expect(page.locator("#panel-title")).to_have_text("No patient yet")
    expect(page.locator("#desk-note")).to_have_value("")
    open_panel(page, visits[0])
    kept(page)


def test_another_visit_is_moved_by_hand(page, visits, morning, records):
    move_to_eleven(page, cell(visits[1]), morning[4])
    kept(page)
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#status")).to_contain_text("Note saved.")
    expect(page.locator(".panel")).to_have_count(0)
    assert records.appointment(visits[0]).note == NOTE


def test_the_visit_itself_is_moved_by_hand(page, visits, morning, records):
    """The note was begun on an older version of the visit: it can be saved all the same."""
    move_to_eleven(page, cell(visits[0]), morning[4])
    kept(page)
    page.get_by_role("button", name="Save note").click()
    kept(page)
    page.get_by_role("button", name="Save my note all the same").click()
    expect(page.locator("#status")).to_contain_text("Note saved.")
    assert records.appointment(visits[0]).note == NOTE


def test_another_form_of_the_panel_is_sent(page, visits, records):
    page.click(".change > summary")
    page.select_option("#change-priority", "URGENT")
    page.get_by_role("button", name="Save priority").click()
    expect(page.locator("#status")).to_contain_text("Priority changed.")
    open_panel(page, visits[0])
    kept(page)


def test_what_was_saved_is_not_put_back(page, visits):
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#status")).to_contain_text("Note saved.")
    open_panel(page, visits[0])
    page.fill("#desk-note", "Another")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator("#status")).to_contain_text("Note saved.")
    open_panel(page, visits[0])
    expect(page.locator("#desk-note")).to_have_value("Another")


@pytest.mark.parametrize(
    "close", [lambda page: page.keyboard.press("Escape"), lambda page: page.click(".panel .close")]
)
def test_closing_asks_and_then_lets_go(page, visits, close):
    with page.expect_event("dialog") as asked:
        page.once("dialog", lambda dialog: dialog.dismiss())
        close(page)
    assert asked.value.message == "Close without saving? What you typed is lost."
    kept(page)
    page.once("dialog", lambda dialog: dialog.accept())
    close(page)
    expect(page.locator(".panel")).to_have_count(0)
    open_panel(page, visits[0])
    expect(page.locator("#desk-note")).to_have_value("")


def test_leaving_the_page_asks(page):
    page.on("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.click("[data-day-after]", no_wait_after=True)
    assert asked.value.type == "beforeunload"
    kept(page)
