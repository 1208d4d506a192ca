"""The desk when something came between: nobody is shut out of a conflict or an error, light or dark."""

from contextlib import contextmanager
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_changes import free, lift
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold


@pytest.fixture
def beside(clinic, nine) -> UUID:
    """A free time in another column."""
    return colleague(clinic).slot(nine, after=90)


class Meanwhile:
    """What another desk, the clock or the network does while Olga looks at her page."""

    def __init__(self, clinic, records, morning, beside, booked) -> None:
        self.clinic, self.records, self.morning, self.beside, self.booked = clinic, records, morning, beside, booked

    @contextmanager
    def stale(self, page: Page):
        self.records.became(self.booked, "ARRIVED")
        page.locator(".cell.confirmed").focus()
        page.keyboard.press("f")
        expect(page.locator(".stale")).to_contain_text("How it stands now")
        yield

    @contextmanager
    def drag_question(self, page: Page):
        lift(page, ".cell.confirmed", free(self.beside))
        page.mouse.up()
        expect(page.get_by_role("button", name="Move it there")).to_be_visible()
        yield

    @contextmanager
    def move_form(self, page: Page):
        page.click(".cell.confirmed")
        page.click("[data-move]")
        expect(page.locator(".panel .near button").first).to_be_visible()
        yield

    @contextmanager
    def offline(self, page: Page):
        page.context.set_offline(True)
        expect(page.locator("[data-connection]")).to_contain_text("Not connected since")
        yield
        page.context.set_offline(False)

    @contextmanager
    def lost_time(self, page: Page):
        with tenant_scope(self.clinic.id):
            hold(slot_id=self.morning[0], actor="user:another", source="DESK")
        page.locator(free(self.morning[0])).click()
        expect(page.locator(".panel .notice.bad")).to_contain_text("This time has just been taken.")
        yield

    @contextmanager
    def ended_hold(self, page: Page):
        page.click(free(self.morning[0]))
        expect(page.locator("#q")).to_be_focused()
        self.records.run_out(*self.records.live(self.morning[0]))
        expect(page.locator("[data-ended]")).to_contain_text("The hold on this time has ended.")
        yield

    @contextmanager
    def lost_move(self, page: Page):
        lift(page, ".cell.confirmed", free(self.morning[4]))
        expect(page.locator(".outline")).to_be_visible()
        with tenant_scope(self.clinic.id):
            hold(slot_id=self.morning[4], actor="user:another", source="DESK")
        page.mouse.up()
        expect(page.locator(".panel .notice.bad")).to_contain_text("This time has just been taken.")
        yield


STATES = [
    pytest.param("stale", marks=pytest.mark.begun),
    "drag_question",
    "move_form",
    "offline",
    "lost_time",
    "ended_hold",
    "lost_move",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_nobody_is_shut_out_when_something_came_between(desk, clinic, records, morning, beside, booked, state, scheme):
    window = desk(scheme=scheme)
    meanwhile = Meanwhile(clinic, records, morning, beside, booked)
    with getattr(meanwhile, state)(window.page):
        window.check()
