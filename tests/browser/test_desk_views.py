"""The views of the desk: open to everybody, walked by keyboard, and remembering what one likes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.booking import book, hold
from webapp.services.specialists import add_room, add_type

VIEWS = ("", "/rooms", "/week", "/list", "/agenda")


@pytest.fixture
def lively(clinic, morning):
    """A morning with something of everything, and a colleague."""
    other = colleague(clinic)
    with tenant_scope(clinic.id):
        room = add_room(name="Laser room")
        kind = add_type(name="Laser", minutes=30, specialist_ids=[clinic.specialist_id], room_id=room)
        book(slot_id=morning[1], patient_id=clinic.pat, type_id=kind, priority="URGENT", actor="t", source="DESK")
        hold(slot_id=morning[2], actor="t", source="PATIENT")
        other.slot(soon(), after=30)
        other.slot(soon(), after=120, capacity=4)
    return other


def lay_open(page):
    """What is to be shown, and how; on a narrow screen it stands behind "More"."""
    if page.viewport_size["width"] < 1024:
        page.click(".more > summary")
    page.click(".display > summary")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_every_view_is_open_to_everybody(desk, lively, clinic, width, scheme):
    window = desk(width=width, scheme=scheme)
    day = f"/desk/{soon().date()}"
    for view in (*VIEWS, f"/week?specialist={clinic.specialist_id}"):
        window.go(day + view)
        window.check()
        lay_open(window.page)
        window.check()
    for view in VIEWS:
        window.go(f"/desk/{soon(days=40).date()}{view}")
        window.check()


def test_a_visit_of_everybodys_week_is_worked_on_where_it_stands(desk, lively, morning, records):
    page = desk().go(f"/desk/{soon().date()}/week")
    visit = page.locator(".week-visits a.confirmed")
    expect(visit).to_contain_text("Pat Doe, Confirmed Urgent")
    expect(page.locator(".week-visits a.held")).to_have_count(1)
    visit.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_contain_text("Pat Doe")
    page.keyboard.press("Escape")
    expect(visit).to_be_focused()
    (booked,) = records.live(morning[1])
    page.locator("[data-live]").evaluate("layout => { layout.dataset.still = '' }")  # it hears of nothing meanwhile
    records.rows("UPDATE appointments SET version = version + 1 WHERE id = :id", id=booked)
    page.keyboard.press("f")
    expect(page.locator(".stale")).to_contain_text("9:30")
    expect(page.locator(".stale")).not_to_contain_text("booked")
    page.locator("[data-live]").evaluate("layout => { delete layout.dataset.still }")
    page.keyboard.press("Escape")
    visit.focus()
    page.keyboard.press("x")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.locator("#status")).to_contain_text("Cancelled")
    expect(visit).to_have_count(0)


def test_arrows_walk_through_the_grid_as_one_tab_stop(desk, lively, morning):
    window = desk()
    page = window.page
    expect(page.locator('[data-grid] [tabindex="0"]')).to_have_count(1)
    first = page.locator(f'.cell[value="{morning[0]}"]')
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("a.cell.confirmed")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.closest('[data-column]').dataset.column") == str(lively.specialist_id)
    page.keyboard.press("ArrowRight")
    expect(page.locator("a.cell.confirmed")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(f'.cell[value="{morning[5]}"]')).to_be_focused()
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[data-grid]')") is None


def test_in_a_script_from_right_to_left_the_arrows_go_with_the_eye(desk, lively, morning):
    page = desk().page
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(f'.cell[value="{morning[1]}"], a.cell.confirmed').first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('[data-column]').dataset.column") == str(lively.specialist_id)


def test_shortcuts_lead_everywhere(desk, lively):
    window = desk()
    page = window.page
    for key, ends in (("w", "/week"), ("l", "/list"), ("d", str(soon().date())), ("j", str(soon(days=2).date()))):
        page.keyboard.press(key)
        page.wait_for_url(f"**{ends}")
    page.keyboard.press("k")
    page.wait_for_url(f"**/{soon().date()}")
    page.keyboard.press("g")
    expect(page.locator("#go-to")).to_be_focused()
    page.keyboard.press("w")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    window.check()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith(f"/{soon().date()}")


def goes_to(end):
    return lambda page: page.wait_for_url(f"**{end}")


def focuses(selector):
    return lambda page: expect(page.locator(selector)).to_be_focused()


def shows(selector):
    return lambda page: expect(page.locator(selector)).to_be_visible()


TODAY, YESTERDAY = utc_now().date(), soon(days=-1).date()
IN_COLUMN = "[data-column]:has(> :focus)"
#: What each key of the help sheet does on a visit of yesterday, and the keys to be pressed before it.
KEYS = {
    "c": shows("#panel-title:text-is('Next free')"),
    "/": focuses("#q"),
    "t": goes_to(f"/{TODAY}"),
    "j": goes_to(f"/{TODAY}"),
    "k": goes_to(f"/{soon(days=-2).date()}"),
    "g": focuses("#go-to"),
    "d": goes_to(f"/{YESTERDAY}"),
    "w": goes_to("/week"),
    "l": goes_to("/list"),
    "z": shows('[data-names] [aria-pressed="true"]'),
    "p": goes_to("/print"),
    "?": shows("#keys"),
    "a": shows(".cell.arrived"),
    "f": shows(".cell.completed"),
    "n": shows(".cell.no-show"),
    "x": focuses("#reason"),
    "m": shows(".cell.lifted"),
    "u": shows(".cell.confirmed"),
    "←": shows(f".spec:first-of-type {IN_COLUMN}"),
    "→": focuses(".cell.confirmed"),
    "↑": focuses(".cell.confirmed"),
    "↓": focuses(".cell.confirmed ~ .cell >> nth=0"),
    "Enter": shows("#panel-title:has-text('Pat Doe')"),
    "Esc": focuses(".cell.confirmed"),
}
BEFORE = {"u": ["a"], "→": ["←"], "↑": ["↓"], "Esc": ["Enter"]}
NAMES = {"←": "ArrowLeft", "→": "ArrowRight", "↑": "ArrowUp", "↓": "ArrowDown", "Esc": "Escape"}


@pytest.mark.begun
def test_every_key_of_the_help_sheet_does_what_it_says(desk, nine, clinic, morning):
    colleague(clinic).slot(nine, after=30)
    with tenant_scope(clinic.id):
        book(slot_id=morning[1], patient_id=clinic.pat, actor="test", source="DESK")
    window = desk()
    page = window.page
    assert set(page.locator("#keys kbd").all_text_contents()) == set(KEYS)
    for key, does in KEYS.items():
        window.go(f"/desk/{nine.date()}")
        page.locator(".cell.confirmed").focus()
        for before in BEFORE.get(key, []):
            page.keyboard.press(NAMES.get(before, before))
            KEYS[before](page)
        page.keyboard.press(NAMES.get(key, key))
        does(page)
        if key in ("a", "f", "n"):
            page.keyboard.press("u")
            shows(".cell.confirmed")(page)
        elif key == "z":
            page.keyboard.press("z")
            shows('[data-names] [aria-pressed="false"]')(page)


def test_shortcuts_can_be_switched_off(desk, lively):
    page = desk().page
    lay_open(page)
    page.get_by_role("checkbox", name="Keyboard shortcuts").uncheck()
    page.click("text=Remember this")
    page.wait_for_selector('[data-shortcuts="0"]')
    page.keyboard.press("l")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    assert page.url.endswith(f"/{soon().date()}")


def test_a_held_time_counts_down_for_everybody(desk, lively):
    page = desk().page
    left = page.locator("a.cell.held .left")
    expect(left).not_to_be_empty()
    before = left.inner_text()
    expect(left).not_to_have_text(before)


@pytest.mark.parametrize("scripting", [True, False])
def test_on_a_phone_the_calendar_is_in_the_first_screen(open_window, staff, morning, nine, scripting):
    window = open_window(width=360, height=740, scripting=scripting)
    window.sign_in(staff["olga"])
    page = window.go(f"/desk/{nine.date()}")
    expect(page.locator(".cell.free").first).to_be_in_viewport(ratio=1)
    block = page.get_by_role("link", name="Block", exact=True)
    expect(block).to_be_hidden()
    page.locator(".more > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(block).to_be_focused()
    block.press("Enter")
    expect(page.locator("#panel-title")).to_have_text("Block time")
    expect(page.get_by_role("button", name="Block", exact=True)).to_be_in_viewport()


def test_where_there_is_room_every_tool_lies_open(desk):
    page = desk(width=1024).page
    expect(page.locator(".more > summary")).to_be_hidden()
    for name in ("Block", "Sick day", "Waiting list", "Messages", "Print"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("link", name="Print", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.locator(".display > summary")).to_be_focused()


def test_today_opens_where_the_day_stands(open_window, staff, clinic):
    now = utc_now()
    for hour in range(24):
        clinic.slot(now.replace(hour=hour, minute=0, second=0, microsecond=0), minutes=60)
    window = open_window(width=360, height=740)
    window.sign_in(staff["olga"])
    page = window.go(f"/desk/{now.date()}")
    expect(page.locator("[data-column] > .now")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0


def test_the_line_that_says_now_moves(open_window, staff, clinic):
    now = utc_now()
    clinic.slot(now.replace(minute=0, second=0, microsecond=0), minutes=59)
    window = open_window()
    window.sign_in(staff["olga"])
    page = window.page
    page.clock.install(time=now)
    window.go(f"/desk/{now.date()}")
    line = page.locator("[data-column] > .now")
    before = line.get_attribute("class")
    page.clock.fast_forward("05:01")
    expect(line).not_to_have_class(before)
    assert page.locator(".axis > .now").get_attribute("class") == line.get_attribute("class")
