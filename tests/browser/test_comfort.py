"""Paper, locks and habits, as a person at the desk meets them."""

import io
import unicodedata

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import soon
from tests.conftest import PASSWORD, colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


@pytest.fixture
def booked(clinic, morning):
    with tenant_scope(clinic.id):
        return book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id


def leave_alone(records, clinic, minutes=16):
    records.rows(
        """UPDATE user_sessions SET last_seen_at = clock_timestamp() - make_interval(mins => :minutes)
           WHERE tenant_id = :tenant""",
        minutes=minutes,
        tenant=clinic.id,
    )


def half_typed(page):
    """A caller is on the phone: the time is held, the form of somebody new half filled in."""
    page.click(".cell.free >> nth=1")
    page.wait_for_selector(".panel")
    page.click(".new-patient summary")
    page.fill("#full_name", "Renée O'H")
    page.locator("#full_name").press("End")


def test_left_alone_and_resumed_with_the_half_typed_form(desk, booked, records, clinic):
    window = desk()
    page = window.page
    page.clock.install()
    page.reload()
    half_typed(page)
    title = page.title()
    leave_alone(records, clinic)
    page.clock.fast_forward("16:00")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    expect(page.locator("#lock-password")).to_be_focused()
    shown = page.evaluate("document.documentElement.outerHTML")
    for secret in ("Pat Doe", "Renée", "Weiss"):
        assert secret not in shown.split("<body")[1]
        assert secret not in page.title()
    window.check()
    page.keyboard.type("wrong password")
    page.keyboard.press("Enter")
    expect(page.locator("#lock-error")).to_contain_text("The password is not right.")
    window.check()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#full_name")).to_be_focused()
    expect(page.locator("#full_name")).to_have_value("Renée O'H")
    assert page.title() == title
    page.keyboard.type("ara")
    page.click("text=Add and book")
    page.wait_for_selector(".cell.confirmed >> text=Renée O'Hara")


def test_the_page_itself_meets_the_lock(desk, booked, records, clinic):
    """Locked from elsewhere: the next click shows the screen, and is not done."""
    page = desk().page
    records.rows("UPDATE user_sessions SET locked_at = now() WHERE tenant_id = :t", t=clinic.id)
    page.click(".cell.free >> nth=0")
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.fill("#lock-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".cell.confirmed")).to_be_visible()
    expect(page.locator(".cell.held")).to_have_count(0)


def test_lock_now_and_the_keys_behind_it_are_dead(desk, booked):
    page = desk().page
    half_typed(page)
    page.get_by_role("button", name="Lock now").click()
    expect(page.get_by_role("heading", name="Locked")).to_be_visible()
    page.keyboard.press("Escape")
    page.fill("#lock-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#full_name")).to_have_value("Renée O'H")


def test_a_second_tab_is_locked_and_opened_with_the_first(desk, booked):
    window = desk()
    first, second = window.page, window.context.new_page()
    second.goto(first.url)
    first.get_by_role("button", name="Lock now").click()
    expect(second.get_by_role("heading", name="Locked")).to_be_visible()
    first.fill("#lock-password", PASSWORD)
    first.keyboard.press("Enter")
    expect(first.locator(".cell.confirmed")).to_be_visible()
    expect(second.locator(".cell.confirmed")).to_be_visible()


def test_typing_keeps_it_open(desk, booked, records, clinic):
    page = desk().page
    page.clock.install()
    page.reload()
    half_typed(page)
    leave_alone(records, clinic, minutes=14)
    page.clock.fast_forward("14:00")
    with page.expect_response("**/lock/active") as answer:
        page.keyboard.type("a")
    assert answer.value.status == 204
    with page.expect_response("**/lock/state"):
        page.clock.fast_forward("15:30")
    expect(page.locator("#full_name")).to_be_visible()


def test_without_scripting_the_password_leads_back(desk, booked):
    window = desk(scripting=False)
    page = window.page
    there = page.url
    page.get_by_role("button", name="Lock now").click()
    window.headed("Locked")
    assert "Pat Doe" not in page.content()
    page.fill("#lock-password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(there)


def test_names_are_hidden_by_a_key_and_the_form_stays(desk, booked):
    window = desk()
    page = window.page
    half_typed(page)
    page.locator("h1").click()
    page.keyboard.press("z")
    expect(page.locator(".cell.confirmed")).to_contain_text("PD")
    assert "Pat Doe" not in page.content()
    expect(page.locator("#full_name")).to_have_value("Renée O'H")
    window.check()
    page.fill("#full_name", "Liz")
    page.locator("#full_name").press("z")
    expect(page.locator("#full_name")).to_have_value("Lizz")
    page.get_by_role("button", name="Hide names").click()
    expect(page.locator(".cell.confirmed")).to_contain_text("Pat Doe")


def test_hidden_names_without_scripting(desk, booked):
    page = desk(scripting=False).page
    page.get_by_role("button", name="Hide names").click()
    expect(page.locator(".cell.confirmed")).to_contain_text("PD")


@pytest.mark.parametrize("scripting", [True, False])
def test_the_next_person_takes_over(open_window, staff, booked, scripting):
    window = open_window(scripting=scripting)
    window.sign_in(staff["alice"])
    window.page.wait_for_url("**/desk/*")
    window.page.get_by_role("button", name="Sign out").click()
    window.sign_in(staff["olga"])
    window.go(f"/desk/{soon().date()}")
    page = window.page
    page.get_by_role("link", name="Switch user").click()
    expect(page.get_by_role("radio", name="Alice")).to_be_checked()
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{soon().date()}")
    expect(page.get_by_role("button", name="Sign out")).to_have_attribute("title", "Alice")
    expect(page.locator(".cell.confirmed")).to_contain_text("Pat Doe")


def test_taking_over_from_the_lock_screen(open_window, staff, booked):
    window = open_window()
    window.sign_in(staff["alice"])
    window.page.wait_for_url("**/desk/*")
    window.go("/sign-in?another=1")
    window.page.fill("#email", staff["olga"])
    window.page.fill("#password", PASSWORD)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/desk/*")
    window.page.get_by_role("button", name="Lock now").click()
    window.page.get_by_role("link", name="Switch user").click()
    window.page.fill("#password", PASSWORD)
    window.page.keyboard.press("Enter")
    expect(window.page.get_by_role("button", name="Sign out")).to_have_attribute("title", "Alice")


def pdf_of(page) -> list[str]:
    """The words of each page of paper, ligatures taken apart."""
    paper = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    return [" ".join(unicodedata.normalize("NFKC", one.extract_text()).split()) for one in paper.pages]


def test_a_page_of_paper_for_each_specialist(desk, booked, clinic):
    other = colleague(clinic)
    other.slot(soon())
    window = desk()
    page = window.go(f"/desk/{soon().date()}/print")
    window.check()
    ruth, sam = pdf_of(page)
    assert "Dr. Ruth Adler" in ruth
    assert "Dr. Sam Weiss" in sam
    assert "Pat Doe" in sam
    assert "+4930901820" in sam
    assert "Confirmed" in sam
    assert sam.count("Free") == 5
    for number, words in enumerate((ruth, sam), 1):
        assert "Harbour" in words
        assert "printed" in words
        assert f"{number} / 2" in words
        assert "Lock now" not in words


def test_a_long_day_runs_on_with_its_head_and_loses_nothing(desk, clinic, morning):
    long = "Maximiliane-Alexandra von und zu Hohenlohe-Langenburg-Schillingsfürst the Younger " * 2
    with tenant_scope(clinic.id):
        from webapp.services.patients import add_patient

        for number in range(40):
            patient = add_patient(full_name=f"{long} Nr{number:02}", phone="+49 30 901820")
            slot = clinic.slot(soon(hour=12), minutes=15, after=15 * number)
            book(slot_id=slot, patient_id=patient, actor="test", source="DESK")
    page = desk().go(f"/desk/{soon().date()}/print")
    papers = pdf_of(page)
    assert len(papers) > 1
    together = " ".join(papers)
    assert all(f"Nr{number:02}" in together for number in range(40))
    assert all("Dr. Sam Weiss" in words for words in papers), "the head is on every page"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less its margins
    clipped = page.evaluate(
        """[...document.querySelectorAll(".sheet-page, .sheet-page :is(th, td)")]
           .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent.trim())"""
    )
    assert clipped == []


def test_initials_on_paper_and_the_print_button(desk, booked):
    window = desk()
    page = window.go(f"/desk/{soon().date()}/print")
    page.get_by_label("Initials only").check()
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**initials=1")
    (paper,) = pdf_of(page)
    assert "PD" in paper
    assert "Pat" not in paper.replace("Patient", "")
    assert "901820" not in paper
    page.evaluate("window.print = () => { document.title = 'printing'; }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printing"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_shut_out(desk, booked, width, scheme):
    window = desk(width=width, scheme=scheme)
    for path in (f"/desk/{soon().date()}/print", "/desk/outage", "/switch", f"/desk/appointments/{booked}"):
        window.go(path)
        window.check()
    window.go(f"/desk/{soon().date()}")
    window.page.get_by_role("button", name="Lock now").click()
    expect(window.page.get_by_role("heading", name="Locked")).to_be_visible()
    window.check()
