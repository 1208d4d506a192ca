"""A slow network, a lost one, hasty fingers and two tabs: the desk shows what was asked for last, and loses nothing."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.booking import book, hold
from webapp.services.patients import add_patient

SEARCH = "[data-search] [name=q]"


@pytest.fixture
def visits(clinic, morning) -> list[UUID]:
    with tenant_scope(clinic.id):
        ines = add_patient(full_name="Ines Prado")
        return [
            book(slot_id=slot, patient_id=who, actor="test", source="DESK").id
            for slot, who in zip(morning, (clinic.pat, ines), strict=False)
        ]


class Late:
    """Answers to these addresses wait until they are let go."""

    def __init__(self, page, address):
        self.held = []
        page.route(re.compile(address), lambda route: self.held.append(route))

    def let_go(self, page):
        (route,) = self.held
        with page.expect_event("requestfinished", lambda request: request == route.request):
            route.continue_()


def test_a_slow_answer_does_not_take_the_place_of_what_was_asked_for_after(desk, visits):
    page = desk().page
    late = Late(page, f"/appointments/{visits[0]}$")
    page.click(f".cell[href$='{visits[0]}']")
    page.click(f".cell[href$='{visits[1]}']")
    expect(page.locator(".panel #panel-title")).to_have_text("Ines Prado")
    late.let_go(page)
    expect(page.locator("[data-live]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".panel #panel-title")).to_have_text("Ines Prado")


def test_a_panel_that_was_closed_is_not_opened_by_an_answer_to_it(desk, visits):
    page = desk().page
    page.click(f".cell[href$='{visits[1]}']")
    expect(page.locator(".panel #panel-title")).to_have_text("Ines Prado")
    late = Late(page, f"/appointments/{visits[0]}$")
    page.click(f".cell[href$='{visits[0]}']")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    late.let_go(page)
    expect(page.locator("[data-live]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".panel")).to_have_count(0)


@pytest.mark.parametrize("failure", ["offline", "busy"])
def test_a_search_that_fails_says_so_and_keeps_what_was_typed(desk, failure):
    window = desk()
    page = window.page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(SEARCH)
    page.click("details.new-patient summary")
    page.fill("#full_name", "Renée O'H")
    refused = {"status": 503, "body": "<p class=lead>The appointment book is busy.</p>", "content_type": "text/html"}
    answer = (lambda route: route.abort()) if failure == "offline" else (lambda route: route.fulfill(**refused))
    page.route(re.compile("/search$"), answer)
    page.fill(SEARCH, "pat")
    words = "No answer from the server" if failure == "offline" else "The appointment book is busy."
    expect(page.locator("[data-region=hits]")).to_contain_text(words)
    expect(page.locator("#full_name")).to_have_value("Renée O'H")
    page.unroute(re.compile("/search$"))
    page.press(SEARCH, "Enter")
    expect(page.locator(".cell.confirmed")).to_contain_text("Pat Doe")


def test_enter_never_takes_a_hit_of_other_words(desk):
    page = desk().page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(SEARCH)
    page.fill(SEARCH, "pat")
    expect(page.locator(".hit")).to_have_count(1)
    asked = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    Late(page, "/search$")
    page.focus(SEARCH)
    with page.expect_request(re.compile("/search$")):
        page.keyboard.type("b")
        page.keyboard.press("Enter")
    with page.expect_event("requestfailed"), page.expect_request(re.compile("/search$")):
        page.keyboard.type("r")  # the search for "patb" is given up for it
    page.unroute(re.compile("/search$"))
    page.press(SEARCH, "Enter")
    expect(page.locator(".hit:not([data-similar])")).to_have_count(0)
    assert "patient" not in asked


@pytest.mark.begun
def test_a_change_that_is_answered_late_leaves_the_panel_that_was_opened_after(desk, visits, records):
    page = desk().page
    late = Late(page, "/arrived$")
    page.focus(f".cell[href$='{visits[0]}']")
    page.keyboard.press("a")
    page.click(f".cell[href$='{visits[1]}']")
    expect(page.locator(".panel #panel-title")).to_have_text("Ines Prado")
    late.let_go(page)
    expect(page.locator("#status")).to_contain_text("Marked as arrived.")
    expect(page.locator(".panel #panel-title")).to_have_text("Ines Prado")
    assert records.appointment(visits[0]).status == "ARRIVED"


def test_signing_out_in_one_tab_hides_the_names_in_the_others(desk, visits):
    window = desk()
    first, second = window.page, window.context.new_page()
    second.goto(first.url)
    expect(second.locator(".cell.confirmed")).to_have_count(2)
    first.get_by_role("button", name="Sign out").click()
    expect(second.get_by_text("Ines Prado")).to_have_count(0)
    expect(second.get_by_role("heading", name="Staff sign-in")).to_be_visible()


def test_a_page_that_the_browser_kept_learns_what_time_it_is(desk, clinic, morning):
    with tenant_scope(clinic.id):
        held = hold(slot_id=morning[0], actor="user:alice", source="DESK", hold_seconds=600)
    page = desk().page

    def kept(route):
        answer = route.fetch()
        then = int((utc_now() - timedelta(minutes=40)).timestamp() * 1000)
        route.fulfill(response=answer, body=re.sub(r'data-now="\d+"', f'data-now="{then}"', answer.text()))

    page.route(
        re.compile(rf"/desk/{soon().date()}$"),
        lambda route: kept(route) if route.request.is_navigation_request() else route.continue_(),
    )
    page.reload()
    assert held.expires_at
    expect(page.locator("[data-held-until]")).to_have_text(re.compile(r"^(\d:\d\d|10:00)$"))
