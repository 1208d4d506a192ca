"""Several visits, the next free time, somebody at the door, and the waiting room, as a receptionist does it."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import soon, wait_until
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.appointments import arrive
from webapp.services.booking import book

WEEK = timedelta(weeks=1)


@pytest.fixture
def planned(clinic, morning):
    """Pat tomorrow at nine, which is taken after one week (half past is free) and after two, and free after three."""
    with tenant_scope(clinic.id):
        first = book(slot_id=morning[0], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id
        taken, beside, left_out, last = (
            clinic.slot(soon() + weeks * WEEK, after=after) for weeks, after in ((1, 0), (1, 30), (2, 0), (3, 0))
        )
        for slot in (taken, left_out):
            book(slot_id=slot, actor="another", source="DESK")
    return first, beside, left_out, last


def plan_four(page: Page) -> None:
    """Look at a series of four visits, of which two meet a taken time."""
    page.click(".cell.confirmed")
    page.click("text=Plan further visits")
    page.fill("#se-count", "4")
    page.click("text=Show the visits")
    expect(page.locator(".visit")).to_have_count(4)
    expect(page.locator(".clash")).to_have_count(2)


@pytest.mark.parametrize("scripting", [True, False])
def test_a_series_with_one_visit_moved_and_one_left_out(desk, planned, records, scripting):
    _first, beside, left_out, last = planned
    window = desk(scripting=scripting)
    page = window.page
    plan_four(page)
    page.check(f'[name=visit-2][value="{beside}"]')
    page.check("[name=visit-3][value=skip]")
    if scripting:
        window.check()
    page.click("text=Book the visits")
    page.wait_for_selector(".cell.confirmed.marked")
    expect(page.locator("#status")).to_contain_text("3 visits booked.")
    assert [len(records.live(slot)) for slot in (beside, left_out, last)] == [1, 1, 1]
    assert records.appointment(records.live(last)[0]).series_id is not None
    assert records.appointment(records.live(left_out)[0]).series_id is None
    page.click(".cell.confirmed.marked")
    expect(page.locator(".series summary")).to_have_text("Visit 1 of 3")


def test_a_time_taken_while_one_looks_books_none(desk, planned, clinic, records):
    page = desk().page
    plan_four(page)
    for number in (2, 3):
        page.check(f"[name=visit-{number}][value=skip]")
    with tenant_scope(clinic.id):
        book(slot_id=planned[3], actor="another", source="DESK")
    page.click("text=Book the visits")
    expect(page.locator(".panel .notice.bad")).to_contain_text("Nothing was booked.")
    expect(page.locator(".clash")).to_have_count(3)
    assert page.is_checked("[name=visit-2][value=skip]")


def test_a_caller_gets_several_visits_from_a_free_time(desk, morning, clinic, records):
    later = clinic.slot(soon() + WEEK)
    page = desk().page
    page.click(f'.cell.free[value="{morning[0]}"]')
    page.check("[name=series]")
    page.fill("#q", "pat")
    page.wait_for_selector(".hit")
    page.press("#q", "Enter")
    page.wait_for_selector("#se-count")
    expect(page.locator(".panel [data-left]")).to_contain_text("left")
    page.dispatch_event("[data-live]", "drawn")  # as it is whenever another desk does something
    page.fill("#se-count", "2")
    page.click("text=Show the visits")
    expect(page.locator(".visit")).to_have_count(2)
    page.click("text=Book the visits")
    page.wait_for_selector(".cell.confirmed")
    assert [records.appointment(records.live(slot)[0]).status for slot in (morning[0], later)] == ["CONFIRMED"] * 2


def test_cancelling_this_and_the_following(desk, planned, records):
    page = desk().page
    plan_four(page)
    for number in (2, 3):
        page.check(f"[name=visit-{number}][value=skip]")
    page.click("text=Book the visits")
    page.click(".cell.confirmed.marked")
    page.click("details.cancel summary")
    page.click("text=Cancel this and the following visits")
    expect(page.locator("#status")).to_contain_text("2 visits cancelled.")
    assert records.live(planned[3]) == []


def test_next_free_is_a_question_and_a_click(desk, morning, clinic, crowd, records):
    window = desk()
    page = window.page
    page.click("#next-free")
    page.wait_for_selector(".found .hit")
    window.check()
    page.select_option("#nf-type", str(clinic.type_id))
    page.select_option("#nf-part", "morning")
    page.click("text=Find times")
    page.wait_for_selector(f'form.found[action*="{clinic.type_id}"]')
    expect(page.locator(".found .hit")).to_have_count(6)
    expect(page.locator("#nf-part")).to_have_value("morning")
    page.click(".found .hit >> nth=1")
    page.wait_for_selector("#q")
    page.keyboard.type("zo")
    page.wait_for_selector(".hit")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell.confirmed")
    (booked,) = records.live(morning[1])
    assert records.appointment(booked).appointment_type_id == clinic.type_id


def test_the_quick_choices_ask_again(desk, morning):
    page = desk().page
    page.click("#next-free")
    page.wait_for_selector(".found .hit")
    page.click("text=In 4 weeks")
    expect(page.locator(".found .hit")).to_have_count(0)
    expect(page.locator(".chip[aria-current]")).to_have_text("In 4 weeks")


def near_noon(now):
    """A zone in which it is between eleven and one o'clock, whatever the time of day here."""
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


@pytest.mark.parametrize("scripting", [True, False])
def test_a_walk_in_takes_one_click_part_of_a_name_and_enter(desk, clinic, crowd, records, scripting):
    """The running time and the next: whichever is first is held, as long as it is still today."""
    now = utc_now()
    records.rows("UPDATE tenants SET timezone = :zone WHERE id = :id", zone=near_noon(now), id=clinic.id)
    slots = [clinic.slot(now.replace(second=0, microsecond=0), after=30 * number) for number in range(2)]
    page = desk(scripting=scripting).page
    page.click("#walk-in")  # the first click
    page.fill("#q", "zo")
    page.press("#q", "Enter")
    if not scripting:
        page.click(".hit")  # and the second
    page.wait_for_selector("#day-name")
    wait_until(lambda: sum(len(records.live(slot)) for slot in slots) == 1)
    (booked,) = records.live(slots[0]) or records.live(slots[1])
    wait_until(lambda: records.appointment(booked).status == "CONFIRMED")


@pytest.mark.parametrize("scripting", [True, False])
def test_the_waiting_room(desk, clinic, records, scripting):
    slot = clinic.slot(utc_now().replace(hour=9, minute=0, second=0, microsecond=0))
    with tenant_scope(clinic.id):
        one = book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK").id
        arrive(appointment_id=one, actor="test")
    window = desk(scripting=scripting)
    page = window.page
    expect(page.locator("#waiting-room b")).to_have_text("1")
    page.click("#waiting-room")
    expect(page.locator(".waits b")).to_have_text("0 min")
    if scripting:
        window.check()
    page.click(".waiting button")
    page.wait_for_selector("text=Nobody is waiting.")
    assert records.appointment(one).status == "COMPLETED"
    if scripting:
        expect(page.locator("#waiting-room b")).to_have_text("0")


def test_the_minutes_of_waiting_go_on_by_themselves(desk, clinic, records):
    slot = clinic.slot(utc_now().replace(hour=9, minute=0, second=0, microsecond=0))
    with tenant_scope(clinic.id):
        one = book(slot_id=slot, patient_id=clinic.pat, actor="test", source="DESK").id
        arrive(appointment_id=one, actor="test")
    window = desk()
    page = window.page
    page.clock.install()
    page.reload()
    page.click("#waiting-room")
    expect(page.locator(".waits b")).to_have_text("0 min")
    page.clock.run_for(3 * 60_000)
    expect(page.locator(".waits b")).to_have_text("3 min")


@pytest.mark.begun
def test_a_group_arrives_one_by_one_and_is_printed(desk, clinic, nine):
    group = clinic.slot(nine, after=300, capacity=3)
    with tenant_scope(clinic.id):
        book(slot_id=group, patient_id=clinic.pat, actor="test", source="DESK")
    window = desk()
    page = window.page
    page.click(".cell.group")
    page.click(".seat button")
    expect(page.locator(".panel")).to_contain_text("1 here")
    window.check()
    page.click("text=List to print")
    page.wait_for_selector(".roster tbody tr")
    expect(page.locator("[data-print]")).to_be_visible()
    window.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_shut_out(desk, planned, width, scheme):
    window = desk(width=width, scheme=scheme)
    for path in (
        "/desk/next-free",
        "/desk/next-free?minutes=0",
        "/desk/waiting",
        f"/desk/appointments/{planned[0]}/series?count=4",
        f"/desk/appointments/{planned[0]}/series?count=99",
    ):
        window.go(path)
        window.check()
