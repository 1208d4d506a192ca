"""Moving and changing visits as a person does: by hand, by finger, by keyboard; undone, or changed meanwhile."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import soon, wait_until
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import arrive
from webapp.services.booking import book


@pytest.fixture
def ruth(clinic):
    """A second column, to the left of Sam's."""
    return colleague(clinic)


@pytest.fixture
def hers(ruth) -> list[UUID]:
    return [ruth.slot(soon(), after=30 * number) for number in range(6)]


def middle(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lift(page, cell, target):
    """Take a cell by the hand and hold it over a target."""
    page.mouse.move(*middle(page, cell))
    page.mouse.down()
    page.mouse.move(*middle(page, target), steps=6)


def move_to_eleven(page, cell, slot):
    lift(page, cell, free(slot))
    expect(page.locator(".outline")).to_contain_text("11:00")
    page.mouse.up()
    expect(page.locator("#status")).to_contain_text("Moved to")


def slot_of(records, appointment_id):
    return records.appointment(appointment_id).time_slot_id


def free(slot):
    return f'.cell.free[value="{slot}"]'


def test_a_drag_within_the_column_moves_at_once_and_is_undone(desk, morning, booked, records):
    page = desk().page
    lift(page, ".cell.confirmed", free(morning[4]))
    expect(page.locator(".outline")).to_contain_text("11:00")
    expect(page.locator(".drag-tip")).to_contain_text("11:00 AM – 11:30 AM, Dr. Sam Weiss")
    page.mouse.up()
    wait_until(lambda: slot_of(records, booked) == morning[4])
    expect(page.locator("#status")).to_contain_text("Moved to")
    expect(page.locator(".cell.confirmed")).to_be_focused()
    expect(page.locator(".panel")).to_have_count(0)
    page.click("#status [data-undo] button")
    expect(page.locator("#status")).to_contain_text("Undone.")
    assert slot_of(records, booked) == morning[1]


def test_a_drag_to_another_column_asks_first(desk, morning, hers, booked, records):
    window = desk()
    page = window.page
    lift(page, ".cell.confirmed", free(hers[3]))
    expect(page.locator(".drag-tip")).to_contain_text("10:30 AM – 11:00 AM, Dr. Ruth Adler")
    page.mouse.up()
    panel = page.locator(".panel")
    expect(panel).to_contain_text("Dr. Sam Weiss")
    expect(panel).to_contain_text("10:30 AM – 11:00 AM")
    expect(panel).to_contain_text("Dr. Ruth Adler")
    assert slot_of(records, booked) == morning[1]
    window.check()
    page.get_by_label("Tell the patient").check()
    page.get_by_role("button", name="Move it there").click()
    wait_until(lambda: slot_of(records, booked) == hers[3])
    expect(page.locator(f"[data-column='{records.appointment(booked).specialist_id}'] .cell.confirmed")).to_be_focused()


def test_escape_lets_go(desk, morning, booked, records):
    page = desk().page
    lift(page, ".cell.confirmed", free(morning[4]))
    expect(page.locator(".outline")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".outline")).to_have_count(0)
    page.mouse.up()
    expect(page.locator(".panel")).to_have_count(0)
    assert records.appointment(booked).version == 1


def test_a_taken_time_is_shown_as_refused(desk, clinic, morning, booked, records):
    with tenant_scope(clinic.id):
        book(slot_id=morning[3], actor="test", source="DESK")
    page = desk().page
    theirs = ".cell.confirmed >> nth=1"
    lift(page, ".cell.confirmed >> nth=0", theirs)
    expect(page.locator(".outline.refused")).to_be_visible()
    expect(page.locator(".drag-tip")).to_contain_text("Taken until")
    page.mouse.up()
    expect(page.locator("#status .unseen")).to_contain_text("Taken until")
    assert records.appointment(booked).version == 1


def test_a_plain_click_still_opens_the_panel(desk, morning, booked):
    page = desk().page
    page.click(".cell.confirmed")
    expect(page.locator(".panel")).to_contain_text("Pat Doe")


def test_the_loser_of_a_race_is_told_and_one_click_from_another_time(desk, clinic, morning, booked, records):
    page = desk().page
    lift(page, ".cell.confirmed", free(morning[4]))
    expect(page.locator(".outline")).to_be_visible()
    with tenant_scope(clinic.id):
        book(slot_id=morning[4], actor="test", source="DESK")
    page.mouse.up()
    expect(page.locator(".panel .notice.bad")).to_contain_text("This time has just been taken.")
    assert slot_of(records, booked) == morning[1]
    page.click(".panel .near button >> nth=0")
    wait_until(lambda: slot_of(records, booked) in (morning[3], morning[5]))


def finger(page):
    """A finger on the screen, as the browser's own input would send it."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *points):
        at = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    return touch


def test_a_finger_that_rests_takes_the_visit_along(desk, morning, booked, records):
    page = desk(has_touch=True, is_mobile=True, width=412, height=800).page
    touch = finger(page)
    start, goal = middle(page, ".cell.confirmed"), middle(page, free(morning[3]))
    touch("touchStart", start)
    page.wait_for_selector(".cell.lifted")
    for part in range(1, 6):
        touch("touchMove", (start[0] + (goal[0] - start[0]) * part / 5, start[1] + (goal[1] - start[1]) * part / 5))
    expect(page.locator(".outline")).to_contain_text("10:30")
    touch("touchEnd")
    wait_until(lambda: slot_of(records, booked) == morning[3])


def test_a_finger_that_swipes_scrolls(desk, clinic, morning, booked, records):
    for number in range(6, 24):
        clinic.slot(soon(), after=30 * number)
    page = desk(has_touch=True, is_mobile=True, width=412, height=600).page
    touch = finger(page)
    x, y = middle(page, ".cell.confirmed")
    touch("touchStart", (x, y))
    for part in range(1, 8):
        touch("touchMove", (x, y - 20 * part))
    touch("touchEnd")
    page.wait_for_function("scrollY > 0 || document.querySelector('.daygrid-wrap').scrollTop > 0")
    expect(page.locator(".outline, .cell.lifted")).to_have_count(0)
    assert records.appointment(booked).version == 1


def test_the_lower_edge_makes_it_longer(desk, morning, booked, records):
    page = desk().page
    box = page.locator(".cell.confirmed").bounding_box()
    x, bottom = box["x"] + 40, box["y"] + box["height"]
    page.mouse.move(x, bottom - 3)
    page.mouse.down()
    page.mouse.move(x, bottom + box["height"] - 4, steps=5)
    expect(page.locator(".drag-tip")).to_contain_text("60 minutes")
    page.mouse.up()
    wait_until(lambda: records.appointment(booked).version == 2)
    row = records.appointment(booked)
    assert (row.end_time - row.start_time).total_seconds() == 3600
    expect(page.locator("#status [data-undo]")).to_be_visible()


def test_with_the_keyboard_to_another_time_and_column(desk, morning, hers, booked, records):
    page = desk().page
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("m")
    expect(page.locator(".outline")).to_contain_text("9:30")
    expect(page.locator("#status .unseen")).to_contain_text("Arrows choose a free time")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#status .unseen")).to_contain_text("10:00 AM – 10:30 AM, Dr. Sam Weiss")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#status .unseen")).to_contain_text("10:00 AM – 10:30 AM, Dr. Ruth Adler")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move it there")).to_be_focused()
    page.keyboard.press("Enter")
    wait_until(lambda: slot_of(records, booked) == hers[2])


def test_the_keyboard_saves_within_the_column_at_once_and_escape_leaves(desk, morning, booked, records):
    page = desk().page
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("m")
    expect(page.locator(".outline")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".outline")).to_contain_text("9:00")
    page.keyboard.press("Escape")
    expect(page.locator("#status .unseen")).to_contain_text("Not moved.")
    expect(page.locator(".cell.confirmed")).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator(".outline")).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".outline")).to_contain_text("9:00")
    page.keyboard.press("Enter")
    wait_until(lambda: slot_of(records, booked) == morning[0])


def test_keys_pressed_before_the_free_times_are_there_wait_for_them(desk, morning, booked, records):
    page = desk().page
    asked = []
    page.route("**/places/*", lambda route: asked.append(route))  # and not answered yet
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("m")
    wait_until(lambda: page.evaluate("document.querySelector('.lifted') !== null") and asked)
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".cell.lifted")).to_be_visible()
    asked[0].continue_()
    wait_until(lambda: slot_of(records, booked) == morning[3])
    expect(page.locator("#status")).to_contain_text("Moved to")


def test_escape_does_not_wait_for_the_free_times(desk, morning, booked, records):
    page = desk().page
    asked = []
    page.route("**/places/*", lambda route: asked.append(route))
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("m")
    wait_until(lambda: page.evaluate("document.querySelector('.lifted') !== null") and asked)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#status .unseen")).to_contain_text("Not moved.")
    asked[0].continue_()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".outline")).to_have_count(0)
    assert records.appointment(booked).version == 1


@pytest.fixture
def groups(clinic, nine):
    """Two sessions in the afternoon of the desk's day, and Pat with a seat in the first."""
    sessions = [clinic.slot(nine, after=60 * hours, minutes=60, capacity=3) for hours in (5, 6)]
    with tenant_scope(clinic.id):
        made = book(slot_id=sessions[0], patient_id=clinic.pat, actor="test", source="DESK")
    return made.id, *sessions


def test_a_seat_is_dragged_from_its_group_to_another(desk, groups, records):
    seat, first, second = groups
    window = desk(height=1400)
    page = window.page
    page.click(".cell.group >> nth=0")
    page.wait_for_selector(".seat a[data-visit]")
    lift(page, ".seat a", ".cell.group >> nth=1")
    expect(page.locator(".outline")).to_contain_text("3:00")
    expect(page.locator(".drag-tip")).to_contain_text("3:00 PM – 4:00 PM, Dr. Sam Weiss")
    page.mouse.up()
    wait_until(lambda: slot_of(records, seat) == second)
    expect(page.locator("#status")).to_contain_text("Moved to")
    expect(page.locator(".panel")).to_contain_text("Nobody has a seat yet.")
    expect(page.locator(".cell.group >> nth=1")).to_contain_text("1 of 3")
    page.click("#status [data-undo] button")
    wait_until(lambda: slot_of(records, seat) == first)


def test_a_seat_is_moved_by_keys(desk, groups, records):
    seat, _first, second = groups
    page = desk(height=1400).page
    page.click(".cell.group >> nth=0")
    page.locator(".seat a").focus()
    page.keyboard.press("m")
    expect(page.locator(".outline")).to_contain_text("2:00")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_until(lambda: slot_of(records, seat) == second)
    expect(page.locator(".panel")).to_contain_text("Nobody has a seat yet.")


@pytest.mark.begun
def test_a_seat_is_marked_by_keys(desk, groups, records):
    seat, _first, _second = groups
    page = desk(height=1400).page
    page.click(".cell.group >> nth=0")
    page.locator(".seat a").focus()
    page.keyboard.press("a")
    expect(page.locator(".panel")).to_contain_text("1 here")
    assert records.appointment(seat).status == "ARRIVED"


def test_a_seat_let_go_beside_the_groups_stays(desk, groups, morning, records):
    seat, first, _second = groups
    page = desk(height=1400).page
    page.click(".cell.group >> nth=0")
    page.wait_for_selector(".seat a[data-visit]")
    lift(page, ".seat a", free(morning[2]))
    expect(page.locator(".drag-tip.refused")).to_contain_text("No time to move to here.")
    page.mouse.up()
    expect(page.locator("#status .unseen")).to_contain_text("No time to move to here.")
    assert (records.appointment(seat).version, slot_of(records, seat)) == (1, first)


@pytest.mark.begun
@pytest.mark.parametrize(("key", "look"), [("a", "arrived"), ("f", "completed"), ("n", "no-show")])
def test_a_key_for_each_step_and_for_undo(desk, morning, booked, key, look):
    page = desk().page
    page.locator(".cell.confirmed").focus()
    page.keyboard.press(key)
    page.wait_for_selector(f".cell.{look}")
    page.keyboard.press("u")
    page.wait_for_selector(".cell.confirmed")


@pytest.mark.begun
@pytest.mark.parametrize("view", ["list", "agenda"])
def test_the_keys_do_the_same_where_the_day_is_written_in_lines(desk, nine, booked, records, view):
    page = desk().page
    page.goto(page.url + f"/{view}")
    visit = page.locator("[data-visit]")
    visit.focus()
    page.keyboard.press("x")
    expect(page.locator("#reason")).to_be_focused()
    page.keyboard.press("Escape")
    expect(visit).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#panel-title")).to_have_text("Move Pat Doe")
    page.keyboard.press("Escape")
    expect(visit).to_be_focused()
    for key, look in (("a", "arrived"), ("f", "completed")):
        page.keyboard.press(key)
        expect(visit).to_have_class(look)
        expect(visit).to_be_focused()
    page.keyboard.press("u")
    expect(visit).to_have_class("arrived")
    assert records.appointment(booked).status == "ARRIVED"


def test_cancelling_by_key_asks(desk, morning, booked, records):
    window = desk()
    page = window.page
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("x")
    expect(page.locator("#reason")).to_be_focused()
    assert records.appointment(booked).status == "CONFIRMED"
    page.keyboard.type("axnm")
    page.keyboard.press("Enter")
    page.wait_for_selector(free(morning[1]))
    page.click("#status [data-undo] button")
    page.wait_for_selector(".cell.confirmed")
    assert records.appointment(booked).status == "CONFIRMED"


def test_keys_rest_where_somebody_types_or_switched_them_off(desk, clinic, morning, booked, records):
    page = desk().page
    records.rows(
        """INSERT INTO user_settings (tenant_id, user_id, key, value)
           SELECT tenant_id, id, 'shortcuts', 'false' FROM users WHERE tenant_id = :id AND role = 'OPERATOR'""",
        id=clinic.id,
    )
    page.reload()
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel")
    assert records.appointment(booked).status == "CONFIRMED"


@pytest.mark.begun
def test_a_stale_key_shows_both_versions_and_goes_on(desk, clinic, morning, booked, records):
    window = desk()
    page = window.page
    with tenant_scope(clinic.id):
        arrive(appointment_id=booked, actor="user:another")
    page.locator(".cell.confirmed").focus()
    page.keyboard.press("f")
    stale = page.locator(".stale")
    expect(stale).to_contain_text("What you saw")
    expect(stale).to_contain_text("9:30 AM – 10:00 AM, Pat Doe, Confirmed")
    expect(stale).to_contain_text("How it stands now")
    expect(stale).to_contain_text("Arrived, ")
    window.check()
    page.get_by_role("button", name="Mark as done all the same").click()
    page.wait_for_selector(".cell.completed")


@pytest.mark.parametrize("scripting", [True, False])
def test_the_form_moves_it_too(desk, morning, hers, booked, records, scripting):
    window = desk(scripting=scripting)
    page = window.page
    page.click(".cell.confirmed")
    page.click("[data-move]")
    page.wait_for_selector(".near")
    if scripting:
        window.check()
    page.get_by_role("button", name="11:00 AM – 11:30 AM, Dr. Ruth Adler").click()
    wait_until(lambda: slot_of(records, booked) == hers[4])
    expect(page.locator("#status")).to_contain_text("Moved to")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_shut_out_of_the_panel(desk, morning, booked, scheme):
    window = desk(scheme=scheme)
    page = window.page
    page.click(".cell.confirmed")
    page.click(".change summary")
    page.click(".desk-note summary")
    page.fill("#desk-note", "Brings his own chair")
    window.check()
    page.click("text=Save note")
    page.wait_for_selector(".cell .memo")
    window.check()
