"""Anybody is found while one types: from the keyboard, beside the day, and without scripting."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.patients import add_patient

SCREENS = [(1280, "light"), (1280, "dark"), (320, "light")]


@pytest.fixture
def known(clinic, crowd, morning):
    with tenant_scope(clinic.id):
        katarzyna = add_patient(full_name="Katarzyna Łukasik", date_of_birth=date(1984, 3, 27), phone="+4930555777")
        book(slot_id=morning[2], patient_id=katarzyna, type_id=clinic.type_id, actor="test", source="DESK")
    return katarzyna


def test_a_slash_opens_it_beside_the_day_and_enter_the_patient(desk, known):
    window = desk()
    page = window.page
    day = page.url
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("luk kat")
    expect(page.locator(".hit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Katarzyna Łukasik")
    expect(page.locator(".visits").first).to_contain_text("Dr. Sam Weiss, Consultation")
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_have_count(0)
    assert page.url == day


def test_a_slash_in_a_text_is_a_slash(desk, known):
    window = desk()
    page = window.page
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    page.keyboard.type("27/3/84")
    expect(page.locator("#q")).to_have_value("27/3/84")
    expect(page.locator(".hit")).to_contain_text("Katarzyna Łukasik")


def test_a_slash_goes_to_the_search_of_the_time_that_is_being_booked(desk, known, morning, records):
    window = desk()
    page = window.page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(".panel")
    page.locator("#panel-title").focus()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    assert len(records.live(morning[0])) == 1


def test_arrows_walk_the_hits(desk, known):
    window = desk()
    page = window.page
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    page.keyboard.type("anna")
    expect(page.locator(".hit")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit", has_text="Anna Costa")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()


def test_enter_does_not_take_who_is_only_similar(desk, known, morning, records):
    window = desk()
    page = window.page
    page.click(".cell.free >> nth=0")
    page.wait_for_selector(".panel")
    page.keyboard.type("lukaszik katarzyna")
    expect(page.locator(".hit")).to_contain_text("Katarzyna Łukasik")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('.hit')")
    (held,) = records.live(morning[0])
    assert records.appointment(held).status == "HOLD"
    page.keyboard.press("Enter")
    expect(page.locator(".cell.confirmed")).to_have_count(2)


@pytest.mark.parametrize("scripting", [True, False])
def test_the_first_free_time_is_a_click_away(desk, known, scripting, clinic, records):
    page = desk(scripting=scripting).page
    page.click("[data-finder]")
    page.fill("#q", "5777")
    page.click(".search button")
    page.get_by_role("button", name="Book first free").click()
    expect(page.locator("[data-hold] .hit")).to_contain_text("Katarzyna Łukasik")
    page.click("[data-hold] .hit")
    expect(page.locator("#status")).to_contain_text("Booked.")
    mine = "SELECT count(*) FROM appointments WHERE patient_id = :id AND status = 'CONFIRMED'"
    assert records.one(mine, id=known)[0] == 2


def test_the_calendar_shows_their_visit(desk, known):
    page = desk().page
    page.goto(page.url.rpartition("/")[0] + "/2031-01-01")
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    page.keyboard.type("katarzyna")
    page.get_by_role("link", name="Show on calendar").click()
    expect(page.locator(".cell.marked")).to_contain_text("Katarzyna Łukasik")
    assert f"/desk/{soon().date()}" in page.url


@pytest.mark.parametrize("scripting", [True, False])
def test_what_is_typed_never_stands_in_an_address(desk, known, scripting):
    window = desk(scripting=scripting)
    page = window.page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(".cell.free >> nth=0")
    page.fill("#q", "katarzyna")
    page.click(".search button")
    if scripting:
        page.wait_for_selector(".cell.confirmed >> nth=1")  # the only hit was taken
    else:
        page.wait_for_selector(".hit")
    page.click("[data-finder]")
    page.fill("#q", "katarzyna")
    page.click(".search button")
    page.wait_for_selector(".finder, .hit")
    assert asked
    assert not [url for url in asked if "katarzyna" in url.lower()]


@pytest.mark.parametrize("scripting", [True, False])
def test_somebody_who_may_be_known(desk, known, morning, records, scripting):
    window = desk(scripting=scripting)
    page = window.page
    page.click(".cell.free >> nth=0")
    page.click("summary >> text=New patient")
    page.fill("#full_name", "Katarzyna Lukasik")
    page.fill("#date_of_birth-day", "27")
    page.fill("#date_of_birth-month", "3")
    page.fill("#date_of_birth-year", "1984")
    page.click("text=Add and book")
    page.wait_for_selector(".known")
    expect(page.locator(".known")).to_contain_text("This may be somebody you know.")
    window.check() if scripting else None
    page.click("text=Add anyway")
    page.wait_for_selector(".cell.confirmed >> nth=1")
    (booked,) = records.live(morning[0])
    assert records.appointment(booked).patient_id != known


def test_two_desks_change_one_patient(desk, known):
    first, second = desk().page, desk("alice").page
    for page in (first, second):
        page.goto(page.url.rpartition("/")[0] + f"/patients/{known}")
        page.click("summary")
    first.fill("#phone", "030 111111")
    first.click("text=Save")
    expect(first.locator("#status")).to_contain_text("Saved.")
    second.fill("#phone", "030 222222")
    second.click("text=Save")
    expect(second.locator(".versions")).to_contain_text("111111")
    expect(second.locator(".versions")).to_contain_text("222222")
    second.locator("details.edit").get_by_role("button", name="Save").click()
    expect(second.locator(".facts")).to_contain_text("222222")


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_nobody_is_shut_out(desk, known, clinic, width, scheme):
    window = desk(width=width, scheme=scheme)
    page = window.page
    page.keyboard.press("/")
    page.wait_for_selector(".finder")
    window.check()
    page.fill("#q", "lukasik annan")
    page.fill("#q", "lukaszik")
    page.wait_for_selector(".hits-head")
    window.check()
    for path in ("/desk/patients", f"/desk/patients/{known}"):
        window.go(path)
        window.check()
    page.click("summary")
    page.fill("#full_name", "")
    page.click("text=Save")
    page.wait_for_selector(".problem")
    window.check()
