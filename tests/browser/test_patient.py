"""A patient with a telephone of 360 pixels, with scripting and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon, wait_until
from tests.browser.words import in_words
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold

BUDGET = 60 * 1024


def to_details(window, number=1):
    page = window.go("/")
    page.click("text=Book a visit")
    page.click("text=Consultation")
    page.wait_for_selector("h1:has-text('Choose a day'), h1:has-text('Who would you like to see?')")
    if page.locator("text=Any specialist").count():
        page.click("text=Any specialist")
        page.wait_for_selector("text=Choose a day")
    page.click(".choice.first")
    page.click(f".time >> nth={number}")
    page.wait_for_selector("#full_name")
    return page


def book(page):
    """From the details over the last look to the visit's own page."""
    page.click(".actions .primary")
    page.wait_for_url("**/check")
    page.click("text=Book this visit")
    page.wait_for_url("**/visit/**")


def fill_in(page):
    page.fill("#full_name", "فاطمة حداد")
    page.fill("#email", "fatima@mail.example")


@pytest.mark.parametrize("scripting", [True, False])
def test_from_the_front_page_to_the_receipt(open_window, morning, records, scripting):
    window = open_window(width=360, height=740, scripting=scripting)
    page = to_details(window)
    fill_in(page)
    book(page)
    window.headed("Your visit is booked")
    (booked,) = records.live(morning[1])
    assert records.appointment(booked).status == "CONFIRMED"


@pytest.mark.parametrize("scripting", [True, False])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_by_keyboard_alone(open_window, morning, records, language, scripting):
    window = open_window(width=360, locale=language, scripting=scripting)
    page = window.go("/")

    def press(words):
        window.tab_to(in_words(language, words))
        page.keyboard.press("Enter")

    press("Book a visit")
    page.wait_for_url("**/book")
    window.tab_to("Consultation")
    page.keyboard.press("Enter")
    page.wait_for_selector(".choice.first")
    press("First available")
    page.wait_for_selector(".time")
    window.tab_to("9:30")
    page.keyboard.press("Enter")
    page.wait_for_selector("#full_name")
    window.tab_to("full_name")
    page.keyboard.type("Pat Doe")
    window.tab_to("phone")
    page.keyboard.type("030 1234567")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    press("Book this visit")
    page.wait_for_url("**/visit/**")
    assert len(records.live(morning[1])) == 1


def test_double_click_back_and_refresh_book_once(open_window, morning, clinic, records):
    window = open_window(width=360)
    page = to_details(window)
    page.reload()
    fill_in(page)
    # The second click breaks off what the first one began to load: only the address at the end counts.
    page.dblclick(".actions .primary")
    expect(page).to_have_url(re.compile("/check$"))
    page.go_back()
    page.wait_for_selector("#full_name")
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")
    page.go_forward()
    expect(page).to_have_url(re.compile("/check$"))
    page.reload()
    page.dblclick("text=Book this visit")
    expect(page).to_have_url(re.compile("/visit/"))
    page.reload()
    page.go_back()
    page.wait_for_load_state()
    page.goto(page.url)
    assert records.count("appointments", clinic) == 1
    expect(page).to_have_url(re.compile("/visit/"))


@pytest.mark.parametrize("scripting", [True, False])
def test_going_back_through_a_mistake_finds_every_page(open_window, morning, clinic, records, scripting):
    window = open_window(width=360, scripting=scripting)
    page = to_details(window)
    fill_in(page)
    page.fill("#email", "fatima@")
    page.click(".actions .primary")
    expect(page.locator(".problem")).to_contain_text("name@example.com")
    page.fill("#email", "fatima@mail.example")
    page.click(".actions .primary")
    page.wait_for_url("**/check")
    page.go_back()
    expect(page.locator("#email")).to_have_value("fatima@mail.example")
    page.reload()
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")
    page.go_back()
    expect(page.locator("#email")).to_be_visible()
    page.go_forward()
    page.go_forward()
    page.wait_for_url("**/check")
    page.click("text=Book this visit")
    page.wait_for_url("**/visit/**")
    assert records.count("appointments", clinic) == 1


def test_going_back_to_the_alternatives_finds_them(open_window, morning, records):
    window = open_window(width=360)
    page = to_details(window)
    fill_in(page)
    records.run_out(*records.live(morning[1]))
    page.click("text=I need more time")
    page.wait_for_selector("button.choice")
    page.click(".languages >> text=Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.click("button.choice >> nth=1")
    page.wait_for_url("**/check")
    page.go_back()
    expect(page.locator("button.choice")).to_have_count(3)
    page.reload()
    page.click("button.choice >> nth=0")
    page.wait_for_url("**/check")
    expect(page.locator(".answers")).to_contain_text("فاطمة حداد")


def test_a_lost_race_offers_three_and_one_of_them_works(open_window, morning, clinic, records):
    window = open_window(width=360)
    page = window.go(f"/book/{clinic.type_id}/{soon().date()}")
    with tenant_scope(clinic.id):
        hold(slot_id=morning[2], actor="another", source="PATIENT")
    page.click(".time >> nth=2")
    page.wait_for_selector("button.choice")
    window.headed("This time is gone")
    expect(page.locator("button.choice")).to_have_count(3)
    page.click("button.choice >> nth=0")
    page.wait_for_selector("#full_name")
    assert len(records.live(morning[0])) == 1


def test_what_was_typed_survives_the_end_of_the_hold(open_window, morning, clinic, records):
    window = open_window(width=360)
    page = to_details(window)
    fill_in(page)
    records.run_out(*records.live(morning[1]))
    page.click(".actions .primary")
    page.wait_for_selector("button.choice")
    window.headed("Your hold has ended")
    page.click("button.choice >> nth=0")
    page.wait_for_url("**/check")
    expect(page.locator(".answers")).to_contain_text("فاطمة حداد")
    page.click("text=Book this visit")
    page.wait_for_url("**/visit/**")


def test_the_hold_counts_down_warns_and_ends(open_window, morning, clinic, records):
    records.rows("UPDATE tenants SET hold_seconds = 4 WHERE id = :id", id=clinic.id)
    window = open_window(width=360)
    page = to_details(window)
    expect(page.locator("#status")).to_contain_text("Your hold ends soon")
    fill_in(page)
    page.wait_for_selector("[data-countdown].bad")
    expect(page.locator("[data-countdown]")).to_contain_text("The hold has ended")
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")


def test_more_time_without_leaving_the_page(open_window, morning, records):
    window = open_window(width=360)
    page = to_details(window)
    fill_in(page)
    (held,) = records.live(morning[1])
    records.rows("UPDATE appointments SET expires_at = expires_at - interval '2 minutes' WHERE id = :id", id=held)
    page.click("text=I need more time")
    wait_until(lambda: records.appointment(held).extensions == 1)
    expect(page.locator("[data-left]")).to_contain_text("5:00")
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")
    assert page.evaluate("document.activeElement.hasAttribute('data-extend')")


def test_more_time_without_scripting_keeps_what_was_typed(open_window, morning, records):
    page = to_details(open_window(width=360, scripting=False))
    fill_in(page)
    page.click("text=I need more time")
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")
    (held,) = records.live(morning[1])
    assert records.appointment(held).extensions == 1


@pytest.mark.parametrize("scripting", [True, False])
def test_another_language_keeps_what_was_typed(open_window, morning, scripting):
    window = open_window(width=360, scripting=scripting)
    page = to_details(window)
    fill_in(page)
    page.click(".languages >> text=Français")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#full_name")).to_have_value("فاطمة حداد")
    page.press("#full_name", "Enter")  # leads on, and not to a language
    page.wait_for_url("**/check")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_giving_the_time_back(open_window, morning, records):
    page = to_details(open_window(width=360))
    page.click("text=Give this time back")
    page.wait_for_selector(".choice.first")
    assert records.live(morning[1]) == []


@pytest.mark.parametrize("path", ["", "book", "days", "times"])
def test_a_page_is_small(open_window, morning, clinic, path):
    paths = {"days": f"book/{clinic.type_id}", "times": f"book/{clinic.type_id}/{soon().date()}"}
    window = open_window(width=360)
    sizes = []
    window.page.on("response", lambda response: sizes.append((response.url, len(response.body()))))
    window.go(f"/{paths.get(path, path)}")
    window.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert sum(size for _url, size in sizes) <= BUDGET, sizes


def test_the_pages_of_a_held_time_are_small_and_open_to_everybody(open_window, morning, clinic, records):
    """As they come to somebody who has seen none before: page, styles, scripts and signs, not compressed."""
    colleague(clinic)
    window = open_window(width=360)
    page = to_details(window)
    held = page.url
    fill_in(page)
    page.click(".actions .primary")
    page.wait_for_url("**/check")
    checked = page.url
    for url in (f"{window.address}/c/{clinic.id}/book/{clinic.type_id}/specialists", held, checked):
        fresh = open_window(width=360)
        sizes = []
        fresh.page.on("response", lambda response, sizes=sizes: sizes.append((response.url, len(response.body()))))
        fresh.go(url)
        fresh.page.wait_for_load_state("networkidle")
        assert len(sizes) >= 4
        assert sum(size for _url, size in sizes) <= BUDGET, sizes
        print(url.rsplit("/", 1)[1][:12], sum(size for _url, size in sizes))
        fresh.check()
    records.run_out(*records.live(morning[1]))
    fresh = open_window(width=360)
    fresh.go(checked)
    fresh.headed("Your hold has ended")
    fresh.check()
