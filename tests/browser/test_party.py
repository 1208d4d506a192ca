"""A family, and two visits in a row, with a telephone of 360 pixels: with scripting, without, by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.specialists import add_type

FAMILY = ("فاطمة حداد", "Ben Doe", "Cleo Doe")
scripted = pytest.mark.parametrize("scripting", [True, False])


@pytest.fixture
def vaccination(clinic):
    with tenant_scope(clinic.id):
        return add_type(name="Vaccination", minutes=15, specialist_ids=[clinic.specialist_id])


def to_details(window):
    """Three people, one after the other from nine."""
    page = window.go("/book")
    page.click(".people a >> nth=2")
    page.wait_for_selector("text=For 3 people")
    page.click("text=Consultation")
    page.click(".choice.first")
    page.click(".time >> nth=0")
    page.wait_for_selector("#p1_full_name")
    return page


def fill_in(page):
    for number, name in enumerate(FAMILY, 1):
        page.fill(f"#p{number}_full_name", name)
    page.fill("#email", "doe@mail.example")


def to_check(page):
    page.click("#details .primary")
    page.wait_for_url("**/check")


def booked(records, clinic):
    """Who comes, in the order of the visits, and how many parties there are."""
    found = records.rows(
        """SELECT p.full_name, a.party_id FROM appointments a
           JOIN patients p ON (p.tenant_id, p.id) = (a.tenant_id, a.patient_id)
           WHERE a.tenant_id = :id AND a.status = 'CONFIRMED' ORDER BY a.start_time""",
        id=clinic.id,
    )
    return [row.full_name for row in found], len({row.party_id for row in found})


@scripted
def test_a_family_of_three(open_window, morning, clinic, records, scripting):
    window = open_window(width=360, height=740, scripting=scripting)
    page = to_details(window)
    fill_in(page)
    to_check(page)
    page.click("text=Book all 3 visits")
    page.wait_for_url("**/visit/**")
    window.headed("Your visits are booked")
    expect(page.locator(".members li")).to_have_count(3)
    assert booked(records, clinic) == (list(FAMILY), 1)


@scripted
def test_two_visits_in_a_row(open_window, morning, clinic, vaccination, records, scripting):
    window = open_window(width=360, height=740, scripting=scripting)
    page = window.go("/book")
    page.click("text=Two visits, one after the other")
    page.wait_for_selector("text=What is the first visit for?")
    page.click("text=Consultation")
    page.wait_for_selector("text=What is the second visit for?")
    page.click(".choice:has-text('Vaccination')")
    page.click(".choice.first")
    page.click(".time >> nth=0")
    page.fill("#p1_full_name", FAMILY[0])
    page.fill("#email", "doe@mail.example")
    to_check(page)
    page.click("text=Book all 2 visits")
    page.wait_for_url("**/visit/**")
    assert booked(records, clinic) == ([FAMILY[0]] * 2, 1)
    kinds = "SELECT appointment_type_id FROM appointments WHERE tenant_id = :id ORDER BY start_time"
    assert [row.appointment_type_id for row in records.rows(kinds, id=clinic.id)] == [clinic.type_id, vaccination]


def test_a_family_by_keyboard_alone(open_window, morning, clinic, records):
    window = open_window(width=360)
    page = window.go("/book")

    def press(words):
        window.tab_to(words)
        page.keyboard.press("Enter")

    press("3 people")
    page.wait_for_selector("text=For 3 people")
    press("Consultation")
    page.wait_for_selector(".choice.first")
    press("First available")
    page.wait_for_selector(".time")
    press("9:00")
    page.wait_for_selector("#p1_full_name")
    for number, name in enumerate(FAMILY, 1):
        window.tab_to(f"p{number}_full_name")
        page.keyboard.type(name)
    window.tab_to("phone")
    page.keyboard.type("030 1234567")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    press("Book all 3 visits")
    page.wait_for_url("**/visit/**")
    assert booked(records, clinic) == (list(FAMILY), 1)


def test_a_double_click_books_one_party(open_window, morning, clinic, records):
    window = open_window(width=360)
    page = window.go(f"/together/{clinic.type_id}/{soon().date()}?people=3")
    page.dblclick(".time >> nth=0")
    page.wait_for_selector("#p1_full_name")
    fill_in(page)
    page.dblclick("#details .primary")
    page.wait_for_url("**/check")
    page.dblclick("text=Book all 3 visits")
    page.wait_for_url("**/visit/**")
    page.reload()
    page.go_back()
    page.wait_for_load_state()
    page.goto(page.url)
    page.wait_for_url("**/visit/**")
    assert booked(records, clinic) == (list(FAMILY), 1)
    assert records.count("appointments", clinic) == 3


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light")])
def test_nobody_is_shut_out(open_window, morning, clinic, vaccination, records, width, scheme):
    ruth = colleague(clinic)
    for number in range(3):
        ruth.slot(soon(hour=14), after=30 * number)
    window = open_window(width=width, scheme=scheme)
    page = window.page
    plan = f"/together/{clinic.type_id}"
    for path in (
        "/book?people=3",
        "/book?visits=2",
        f"{plan}?people=3",
        f"{plan}?then={vaccination}",
        f"{plan}/{soon().date()}?people=3",
        f"{plan}/{soon(days=9).date()}?people=3",
    ):
        window.go(path)
        window.check()
    to_details(window)
    window.check()
    page.click("#details .primary")
    page.wait_for_selector(".problem")
    window.check()
    window.go(f"{plan}/{soon().date()}?people=3")
    with tenant_scope(clinic.id):
        book(slot_id=morning[4], actor="another", source="DESK")
    page.click(".time:has-text('10:30')")
    page.wait_for_selector("button.choice")
    window.headed("These times are gone")
    window.check()
    page.click("button.choice >> nth=0")
    page.wait_for_selector("#p1_full_name")
    fill_in(page)
    to_check(page)
    window.check()
    page.click("text=Book all 3 visits")
    page.wait_for_selector(".done-mark")
    window.check()
    page.click("text=Cancel all")
    page.wait_for_url("**/cancel-all")
    window.check()
    page.click("text=Cancel all 3 visits")
    page.wait_for_selector("text=This visit was cancelled")
    window.check()
