"""The patient's pages in their rarer states: nobody is shut out of them, and they are small."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.blueprints.patient.test_limits import add_holds
from tests.browser.conftest import soon
from tests.browser.test_patient import BUDGET
from webapp.blueprints.patient.limits import HELD_AT_ONCE
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.booking import hold
from webapp.services.waitlist import add_entry, make_offer
from webapp.web.links import seal

LOOKS = [(320, "light"), (1280, "dark")]
looks = pytest.mark.parametrize(("width", "scheme"), LOOKS)


@pytest.fixture
def waiting(app, clinic):
    """Pat's place on the waiting list: its id, and the path of its page."""
    with app.app_context(), tenant_scope(clinic.id):
        days = {"first_day": utc_now().date(), "last_day": date(2099, 1, 1)}
        entry = add_entry(patient_id=clinic.pat, type_id=clinic.type_id, **days)
        return entry, f"/waiting/{seal('wait', entry)}"


@looks
def test_no_more_reminders(open_window, app, clinic, width, scheme):
    with app.app_context(), tenant_scope(clinic.id):
        path = f"/reminders/{seal('reminders', clinic.pat)}"
    window = open_window(width=width, scheme=scheme)
    page = window.go(path)
    window.headed("Reminders of your visits")
    window.check()
    page.click("main button[type=submit]")
    window.headed("You get no more reminders")
    window.check()


@looks
def test_booking_is_switched_off(open_window, clinic, morning, records, width, scheme):
    said = "UPDATE tenants SET name = ' ' || name, public_booking = false, closed_message = :said, phone = '+49 30 1'"
    records.rows(f"{said} WHERE id = :id", id=clinic.id, said="We move house until <May>.")
    window = open_window(width=width, scheme=scheme)
    for path in ("/", f"/book/{clinic.type_id}"):
        expect(window.go(path).locator("main")).to_contain_text("We move house until <May>.")
        window.check()
    page = window.go(f"{window.address}/")
    expect(page.locator(f".clinic a[href='/c/{clinic.id}/find']")).to_be_visible()
    window.check()


@looks
def test_too_many_times_are_held(open_window, clinic, morning, records, width, scheme):
    window = open_window(width=width, scheme=scheme)
    path = f"/book/{clinic.type_id}/{soon().date()}"
    page = window.go(path)
    page.click(".time >> nth=0")
    expect(page.locator("#full_name")).to_be_visible()
    add_holds(records, morning[0], HELD_AT_ONCE - 1, status="HOLD", same_browser=True)
    page = window.go(path)
    page.evaluate("document.querySelectorAll('[name=instead]').forEach(one => one.remove())")
    page.click(".time >> nth=0")
    window.headed("Too many times held")
    expect(page.locator(".holdings li")).to_have_count(HELD_AT_ONCE)
    window.check()


@looks
def test_an_offer_is_declined_and_the_list_is_left(open_window, clinic, morning, waiting, width, scheme):
    entry, path = waiting
    with tenant_scope(clinic.id):
        make_offer(entry_id=entry, slot_id=morning[0], actor="waitlist")
    window = open_window(width=width, scheme=scheme)
    page = window.go(path)
    page.click("text=No, thank you")
    expect(page.locator(".notice").first).to_contain_text("You did not want")
    window.check()
    page.click("a:has-text('Change')")
    window.headed("What you wait for")
    window.check()
    page.fill("#last_day", "2001-01-01")
    page.click(".actions .primary")
    expect(page.locator(".problem")).to_be_visible()
    window.check()
    page = window.go(path)
    page.click("text=Leave the waiting list")
    expect(page.locator("main")).to_contain_text("Nothing will be offered to you any more.")
    window.check()


@pytest.fixture
def size_of(open_window):
    """How many bytes somebody loads who has seen no page before: page, styles, scripts and signs, not compressed."""

    def loaded(path):
        window = open_window(width=360)
        sizes = []
        window.page.on("response", lambda response: sizes.append((response.url, len(response.body()))))
        window.go(path if not path.startswith("/embed/") else window.address + path)
        window.page.wait_for_load_state("networkidle")
        assert len(sizes) >= 4
        return sum(size for _url, size in sizes)

    return loaded


def test_they_are_small(size_of, clinic, morning, waiting):
    day = soon().date()
    together = f"/together/{clinic.type_id}"
    paths = [
        "/find", f"/wait/{clinic.type_id}", "/wait", waiting[1], f"{waiting[1]}/change",
        "/book?people=3", f"{together}?people=3", f"{together}/{day}?people=3",
        f"/embed/c/{clinic.id}/", f"/embed/c/{clinic.id}/book/{clinic.type_id}/{day}",
    ]  # fmt: skip
    sizes = {path: size_of(path) for path in paths}
    print({path.replace(str(clinic.type_id), "…")[-30:]: size for path, size in sizes.items()})
    assert max(sizes.values()) <= BUDGET, sizes


def test_what_follows_a_lost_race_is_small(open_window, size_of, clinic, morning):
    page = open_window(width=360).go(f"/book/{clinic.type_id}/{soon().date()}")
    with tenant_scope(clinic.id):
        hold(slot_id=morning[2], actor="another", source="PATIENT")
    page.click(".time >> nth=2")
    expect(page.locator("h1")).to_have_text("This time is gone")
    assert size_of(page.url) <= BUDGET
    page = open_window(width=360).go(f"/together/{clinic.type_id}/{soon().date()}?people=2")
    page.click(".time >> nth=0")
    expect(page.locator("#p1_full_name")).to_be_visible()
    assert size_of(page.url) <= BUDGET
