"""A patient manages a visit on a telephone of 360 pixels: with scripting and without, by keyboard, in every state."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from tests.browser.test_patient import BUDGET
from webapp.core.tenancy import tenant_scope
from webapp.queries.appointments import find_appointment
from webapp.rules.references import reference
from webapp.services.booking import book, hold
from webapp.services.manage_links import make_link

ASKED = {"actor": "user:olga", "source": "DESK"}


@pytest.fixture
def own(clinic, morning):
    """Pat's visit at nine tomorrow: its id, and the address of its page."""
    with tenant_scope(clinic.id):
        made = book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, **ASKED)
        return made.id, f"/visit/{make_link(appointment_id=made.id)}"


@pytest.mark.parametrize("scripting", [True, False])
def test_moved_and_then_cancelled(open_window, own, morning, records, scripting):
    window = open_window(width=360, height=740, scripting=scripting)
    page = window.go(own[1])
    page.click("text=Move to another time")
    page.click("a.choice >> nth=0")
    page.click("a.time >> nth=0")
    window.headed("Move your visit to this time?")
    page.click(".actions .primary")
    expect(page.locator("#status")).to_contain_text("Your visit is moved to")
    assert records.appointment(own[0]).time_slot_id == morning[1]
    page.click("text=Cancel the visit")
    page.fill("#reason", "A cold")
    page.click("main button.danger")
    expect(page.locator("h1")).to_have_text("This visit was cancelled")
    assert records.appointment(own[0]).status == "CANCELLED"


def test_by_keyboard_alone(open_window, own, morning, records):
    window = open_window(width=360)
    page = window.go(own[1])
    for words in ("Move to another time", soon().strftime("%A"), "9:30", "Move the visit"):
        window.tab_to(words)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Your visit is moved to")
    window.tab_to("Cancel the visit")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    window.tab_to("reason")
    page.keyboard.type("A cold")
    window.tab_to("Cancel the visit")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    window.headed("This visit was cancelled")
    assert records.appointment(own[0]).status == "CANCELLED"


def test_double_click_back_and_refresh(open_window, own, morning, records):
    window = open_window(width=360)
    page = window.go(f"{own[1]}/move/to/{morning[2]}")
    page.dblclick(".actions .primary")
    expect(page.locator("h1")).to_have_text("Your visit is booked")
    page.reload()
    page.go_back()
    page.wait_for_load_state()
    assert records.events(own[0]).count("RESCHEDULED") == 1
    page = window.go(f"{own[1]}/cancel")
    page.dblclick("main button.danger")
    expect(page.locator("h1")).to_have_text("This visit was cancelled")
    page.go_back()
    page.reload()
    page.wait_for_load_state()
    assert records.events(own[0]).count("CANCELLED") == 1


def test_found_by_reference_and_date_of_birth(open_window, own, clinic, records):
    records.rows("UPDATE patients SET date_of_birth = :born WHERE id = :id", born=date(1984, 3, 27), id=clinic.pat)
    window = open_window(width=360)
    page = window.go("/")
    page.click("text=You have a visit?")
    page.fill("#reference", reference(own[0]).lower())
    page.fill("#date_of_birth-day", "28")
    page.fill("#date_of_birth-month", "3")
    page.fill("#date_of_birth-year", "1984")
    page.click(".actions .primary")
    page.wait_for_selector(".problem")
    expect(page.locator("#reference")).to_have_value(reference(own[0]).lower())
    page.fill("#date_of_birth-day", "27")
    page.click(".actions .primary")
    page.wait_for_url("**/visit/**")
    window.headed("Your visit is booked")


def test_the_link_is_copied(open_window, own):
    window = open_window(width=360, permissions=["clipboard-read", "clipboard-write"])
    page = window.go(own[1])
    page.click("text=Copy the link")
    expect(page.locator("#status")).to_contain_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_without_scripting_nothing_is_shown_that_needs_it(open_window, own):
    page = open_window(width=360, scripting=False).go(own[1])
    expect(page.locator("main button:visible")).to_have_count(0)
    expect(page.locator(".qr")).to_be_visible()
    expect(page.locator(".zone")).to_contain_text("Times are the clinic's: Coordinated Universal Time")


def test_the_time_at_the_readers_own_clock_is_added(open_window, own):
    elsewhere = open_window(width=360, timezone_id="Asia/Tokyo").go(own[1])
    expect(elsewhere.locator("[data-elsewhere]")).to_contain_text("Where you are now, that is")
    expect(elsewhere.locator("[data-elsewhere]")).to_contain_text("6:00")
    here = open_window(width=360, timezone_id="Africa/Abidjan").go(own[1])  # the clinic's clock by another name
    here.wait_for_load_state("load")
    here.wait_for_function("document.querySelector('[data-print]').hidden === false")  # the script has run
    assert here.inner_text("[data-elsewhere]").strip() == ""


def test_on_paper_what_counts_is_left(open_window, own):
    page = open_window().go(own[1])
    page.emulate_media(media="print")
    expect(page.locator(".reference")).to_be_visible()
    expect(page.locator(".qr")).to_be_visible()
    for away in (".site-header", "main .button >> nth=0"):
        expect(page.locator(away)).to_be_hidden()


@pytest.mark.parametrize("path", ["", "/move", "/cancel"])
def test_a_page_is_small(open_window, own, path):
    window = open_window(width=360)
    sizes = []
    window.page.on("response", lambda response: sizes.append((response.url, len(response.body()))))
    window.go(own[1] + path)
    window.page.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert sum(size for _url, size in sizes) <= BUDGET, sizes


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (320, "light")])
def test_nobody_is_shut_out(open_window, own, clinic, morning, records, width, scheme):
    window = open_window(width=width, scheme=scheme)
    day = soon().date()
    records.rows("UPDATE tenants SET phone = '+49 30 1234', address = 'Quay 1' WHERE id = :id", id=clinic.id)
    for path in ("", "/cancel", "/move", f"/move/{day}", f"/move/{soon(days=9).date()}", f"/move/to/{morning[1]}"):
        window.go(own[1] + path)
        window.check()
    with tenant_scope(clinic.id):
        hold(slot_id=morning[2], **ASKED)
    window.go(f"{own[1]}/move/to/{morning[2]}")
    window.headed("This time is gone")
    window.check()
    page = window.go(f"{own[1]}/cancel")
    page.evaluate("document.querySelector('#reason').value = 'x'.repeat(501)")
    page.click("main button.danger")
    page.wait_for_selector(".problem")
    window.check()
    for path in ("/find", "/visit/nothing"):
        window.go(path)
        window.check()
    page = window.go("/find")
    page.click(".actions .primary")
    page.wait_for_selector(".problem")
    window.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_whatever_became_of_it(open_window, own, clinic, records, scheme):
    window = open_window(width=360, scheme=scheme)
    page = window.go(f"{own[1]}/cancel")
    records.rows(
        "UPDATE tenants SET cancel_cutoff_minutes = 99999, move_cutoff_minutes = 99999 WHERE id = :id", id=clinic.id
    )
    page.click("main button.danger")
    page.wait_for_selector("[role=alert]")
    window.check()
    headings = {
        "ARRIVED": "You are at the clinic",
        "COMPLETED": "This visit is over",
    }
    for status, heading in headings.items():
        records.became(own[0], status)
        window.go(own[1])
        window.headed(heading)
        window.check()


@pytest.mark.parametrize(
    ("status", "heading"), [("CANCELLED", "This visit was cancelled"), ("NO_SHOW", "This visit was missed")]
)
def test_nobody_is_shut_out_after_the_end(open_window, own, clinic, records, status, heading):
    window = open_window(width=360)
    records.became(own[0], status)
    page = window.go(own[1])
    window.headed(heading)
    window.check()
    page.click("main .actions .primary")
    page.wait_for_url(f"**/book/{clinic.type_id}*")


def test_targets_are_large_enough(open_window, own, clinic, morning):
    small = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden])")]
        .filter(e => e.checkVisibility() && !e.closest("dd, .skip") && !e.matches(".skip"))
        .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 44 || box.height < 43.5))
        .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    window = open_window(width=360)
    for path in ("", "/cancel", "/move", f"/move/{soon().date()}", f"/move/to/{morning[1]}"):
        assert window.go(own[1] + path).evaluate(small) == [], path
    assert window.go("/find").evaluate(small) == []
    with tenant_scope(clinic.id):
        assert find_appointment(own[0]).status == "CONFIRMED"
