"""Two windows, one time: Olga drags a visit there while Alice presses Enter on it. In turn the one and the other wins.

Both wait for the time before either has it, on a server each (tests/concurrency/desks.py says why): no clock decides.
"""

from functools import partial
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window, serving
from tests.browser.test_changes import free, lift
from tests.concurrency.desks import in_line
from tests.conftest import Records
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

TALL = {"width": 1440, "height": 1500}  # the whole morning is in sight
WORDS = "Zoë T"


@pytest.fixture
def long_morning(clinic, nine) -> list[UUID]:
    return [clinic.slot(nine, after=30 * number) for number in range(10)]


@pytest.fixture
def each_on_a_server(chromium, settings, clinic, staff, crowd, long_morning, nine, patience):
    """Olga's and Alice's windows, each on a server of its own."""
    with serving(settings) as hers, serving(settings) as the_other:
        windows = []
        for name, base in (("olga", hers), ("alice", the_other)):
            context = chromium.new_context(reduced_motion="reduce", locale="en-US", viewport=TALL)
            windows.append(Window(context, base, clinic))
            windows[-1].sign_in(staff[name])
            windows[-1].go(f"/desk/{nine.date()}")
        yield [window.page for window in windows]
        faults = [fault for window in windows for fault in window.faults]
        for window in windows:
            window.context.close()
    assert faults == []


def test_a_drag_and_an_enter_on_one_time(each_on_a_server, clinic, long_morning, records):
    olga, alice = each_on_a_server
    with tenant_scope(clinic.id):
        visit = book(slot_id=long_morning[0], patient_id=clinic.pat, actor="test", source="DESK").id
    begun = [
        (olga, begin_to_book(olga, long_morning[8], records)),
        (alice, begin_to_book(alice, long_morning[9], records)),
    ]
    for number, goal in enumerate(long_morning[1:6]):
        before, drag_first = records.appointment(visit), number % 2 == 0
        hang_over(olga, goal)
        alice.locator(free(goal)).focus()
        acts = [olga.mouse.up, partial(alice.keyboard.press, "Enter")]
        in_line(records, "time_slots", goal, *(acts if drag_first else reversed(acts)))
        told_and_offered(alice if drag_first else olga)
        (winner,), after = records.live(goal), records.appointment(visit)
        assert (winner == visit) == drag_first
        if drag_first:
            expect(olga.locator("#status")).to_contain_text("Moved to")
        else:
            expect(olga.locator(".panel")).to_contain_text("It keeps the time it has.")
            assert (after.time_slot_id, after.version) == (before.time_slot_id, before.version)
            finish_booking(alice)
        for page, held in begun:
            still_typed(page, held)


def begin_to_book(page: Page, slot_id: UUID, records: Records) -> UUID:
    """A caller who spells their name slowly: the time is held, the words are half typed."""
    page.locator(free(slot_id)).click()
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(WORDS)
    expect(page.locator(".hit")).to_contain_text("Zoë Tóth")
    (held,) = records.live(slot_id)
    return held


def still_typed(page: Page, held: UUID) -> None:
    """Back to the caller of before."""
    page.locator(f'.cell.held[href$="{held}"]').click()
    expect(page.locator("#q")).to_have_value(WORDS)
    expect(page.locator(".panel [data-countdown]")).to_be_visible()


def hang_over(page: Page, goal: UUID) -> None:
    """Pat's visit hangs over the time, and is told that it can go there."""
    expect(page.locator(free(goal))).to_be_visible()
    lift(page, '.cell.confirmed:has-text("Pat Doe")', free(goal))
    expect(page.locator(".outline:not(.refused):not(:empty)")).to_be_visible()


def told_and_offered(page: Page) -> None:
    expect(page.locator(".panel .notice.bad")).to_contain_text("This time has just been taken.")
    expect(page.locator(".panel .near button").first).to_be_enabled()


def finish_booking(page: Page) -> None:
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("costa")
    expect(page.locator(".hit")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("Booked.")
