"""Nobody is shut out: every page in every state, light and dark, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold
from webapp.services.questions import add_question

SCREENS = [(1280, "light"), (1280, "dark"), (320, "light")]
screens = pytest.mark.parametrize(("width", "scheme"), SCREENS)


@pytest.fixture
def full_day(clinic, morning, crowd, records):
    """A cell of every look."""
    with tenant_scope(clinic.id):
        people = {"actor": "test", "source": "DESK"}
        done = book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, **people)
        records.became(done.id, "COMPLETED")
        here = book(slot_id=morning[1], patient_id=clinic.pat, priority="VIP", **people)
        records.became(here.id, "ARRIVED")
        missed = book(slot_id=morning[2], patient_id=clinic.pat, **people)
        records.became(missed.id, "NO_SHOW")
        coming = book(slot_id=morning[3], patient_id=clinic.pat, priority="URGENT", **people)
        hold(slot_id=morning[4], **people)
        hold(slot_id=clinic.slot(soon(hour=15), capacity=8), **people)
    return coming.id


@screens
def test_public_pages(open_window, morning, clinic, records, width, scheme):
    window = open_window(width=width, scheme=scheme)
    page = window.go(f"{window.address}/")
    window.check()
    for path in ("/", "/book", f"/book/{clinic.type_id}", "/sign-in", "/nothing"):
        window.go(path)
        window.check()
    window.go(f"/book/{clinic.type_id}/{soon(days=9).date()}")
    window.check()
    window.go(f"/book/{clinic.type_id}/{soon().date()}")
    window.check()
    page.click(".time >> nth=0")
    page.wait_for_selector("#full_name")
    window.check()
    page.fill("#date_of_birth-day", "99")
    page.click(".actions .primary")
    page.wait_for_selector(".problem")
    window.check()
    records.run_out(*records.live(morning[0]))
    page.fill("#full_name", "Pat Doe")
    page.click(".actions .primary")
    page.wait_for_selector("button.choice")
    window.check()
    page.click("button.choice >> nth=0")
    page.wait_for_selector("#full_name")
    page.fill("#date_of_birth-day", "")
    page.fill("#phone", "030 1234567")
    page.click(".actions .primary")
    page.wait_for_selector(".answers")
    window.check()
    page.click("text=Book this visit")
    page.wait_for_selector(".done-mark")
    window.check()


@screens
def test_desk_pages(desk, clinic, full_day, width, scheme):
    window = desk(width=width, scheme=scheme)
    page = window.page
    page.reload()
    for look in ("free", "held", "confirmed", "arrived", "completed", "no-show", "group", "closed"):
        assert page.locator(f".cell.{look}").count() >= 1, look
    window.check()
    page.locator(".cell.free").first.evaluate("cell => cell.click()")
    page.wait_for_selector(".panel")
    page.fill("#q", "an")
    page.wait_for_selector(".hit")
    window.check()
    page.click(".panel summary")
    page.fill("#full_name", "")
    page.click("text=Add and book")
    page.wait_for_selector(".problem")
    window.check()
    held = page.locator("form.search").get_attribute("action")
    window.go(window.address + held.removesuffix("/search"))
    page.fill("#q", "anna")
    page.wait_for_selector(".hit")
    window.check()
    window.go(f"/desk/appointments/{full_day}")
    page.click(".panel summary")
    window.check()
    window.go(f"/desk/{soon().date()}/list")
    window.check()
    window.go("/desk/2031-12-25")
    window.check()


@screens
def test_admin_pages(open_window, staff, clinic, width, scheme):
    window = open_window(width=width, scheme=scheme)
    window.sign_in(staff["alice"])
    page = window.go("/admin/")
    window.check()
    page.click("text=Add specialist")
    page.wait_for_selector(".problem")
    window.check()
    page = window.go(f"/admin/specialists/{clinic.specialist_id}")
    window.check()
    page.select_option("#h0-weekday", "0")
    page.click("text=Save hours")
    page.wait_for_selector(".problem")
    window.check()
    page.click("text=Add slot")
    page.wait_for_selector(".problem")
    window.check()


@screens
def test_letters(open_window, staff, clinic, width, scheme):
    window = open_window(width=width, scheme=scheme)
    window.sign_in(staff["alice"])
    window.go("/admin/letters")
    window.check()
    page = window.go("/admin/letters/reminder/email/en")
    window.check()
    page.fill("#letter-body", "{date} {time} {doctor}")
    page.click("text=Look at it first")
    page.wait_for_selector(".problem")
    window.check()
    page.fill("#letter-body", "We expect you: {date} {time} {link} {stop}")
    page.click("text=Look at it first")
    page.wait_for_selector("text=We expect you")
    page.click("text=Save >> nth=0")
    page.wait_for_selector(".notice.good")
    page.click("summary")
    window.check()
    window.go("/admin/letters/confirmation/sms/ar")
    window.check()


@screens
def test_settings_and_questions(open_window, staff, clinic, morning, records, width, scheme):
    """The clinic's settings, its questions, and what both make of the patient's form."""
    window = open_window(width=width, scheme=scheme)
    window.sign_in(staff["alice"])
    page = window.go("/admin/clinic")
    window.check()
    page.fill("#name", "")
    page.click("text=Save settings")
    page.wait_for_selector(".problem")
    window.check()
    page.fill("#name", "Harbour")
    page.fill("#terms", "I accept the terms.")
    page.fill("#terms_link", "https://clinic.example/terms")
    page.click("text=Save settings")
    page.wait_for_selector(".notice.good")
    page = window.go("/admin/questions")
    window.check()
    page.click("text=Add question")
    page.wait_for_selector(".problem")
    window.check()
    with tenant_scope(clinic.id):
        add_question(label="Which tooth?", kind="TEXT", hint="As you would point at it.", required=True)
        add_question(label="Been here before?", kind="CHOICE", choices=["Yes", "No"], required=True)
        add_question(label="Newspaper?", kind="CHOICE", choices=["Yes", "No"])
        last = add_question(label="Tell my family doctor.", kind="CONSENT")
    window.go("/admin/questions")
    window.check()
    window.go(f"/admin/questions/{last}")
    window.check()
    page = window.go(f"/book/{clinic.type_id}/{soon().date()}")
    page.click(".time >> nth=0")
    page.wait_for_selector("#full_name")
    window.check()
    page.click("#details .actions .primary")
    page.wait_for_selector(".problem")
    window.check()


def test_a_receptionist_may_not_see_the_admin(open_window, staff):
    window = open_window()
    window.sign_in(staff["olga"])
    window.go("/admin/")
    window.headed("You may not see this page")
    window.check()


@pytest.mark.parametrize("width", [360, 1280])
def test_targets_are_large_enough(desk, open_window, full_day, clinic, width):
    """24 pixels for staff, 44 for patients; links inside a sentence are exempt."""
    small = """least => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
        .filter(e => e.checkVisibility() && !e.closest("p, dd, .unseen, .skip") && !e.matches(".skip"))
        .map(e => [e.outerHTML.slice(0, 90), (e.closest("label") || e).getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < least || box.height < least - 0.5))
        .map(([html, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${html}`)"""
    window = desk(width=width)
    window.page.reload()
    assert window.page.evaluate(small, 24) == []
    patient = open_window(width=width)
    for path in ("/", "/book", f"/book/{clinic.type_id}", f"/book/{clinic.type_id}/{soon().date()}"):
        page = patient.go(path)
        assert page.evaluate(small, 44) == [], path
    page.click(".time >> nth=0")
    page.wait_for_selector("#full_name")
    page.wait_for_load_state("load")  # the styles too
    assert page.evaluate(small, 44) == []


def test_forced_colours_keep_every_cell_apart(desk, full_day):
    window = desk(forced_colors="active")
    window.page.reload()
    widths = window.page.evaluate(
        "[...document.querySelectorAll('.cell')].map(cell => getComputedStyle(cell).borderTopWidth)"
    )
    assert widths
    assert "0px" not in widths


def test_zoomed_to_400_percent_nothing_is_cut_off(desk, full_day):
    window = desk(width=320, height=256)
    window.page.reload()
    window.check()


def test_right_to_left_mirrors_the_page(desk, full_day):
    page = desk().page
    page.evaluate("document.documentElement.dir = 'rtl'")
    boxes = page.evaluate(
        "[document.querySelector('.axis'), document.querySelector('.head')].map(e => e.getBoundingClientRect().left)"
    )
    assert boxes[0] > boxes[1]


def test_on_paper_each_specialist_has_a_sheet(desk, full_day):
    page = desk().page
    page.goto(page.url + "/list")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".toolbar nav").first).to_be_hidden()
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".sheet caption")).to_be_visible()
