"""What one desk does, the other sees by itself: heard from the stream, or asked for where there is none."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window, child, free_port, serving, soon, wait_until
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import release
from webapp.services.booking import book, hold

STREAM, POLL, BANNER = 2_000, 6_000, 10_000  # milliseconds that were promised


@contextmanager
def streams(settings, port, folder: str = "") -> Iterator[str]:
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "1"]
    command += ["webapp.streams.app:create_stream_app"]
    with child(command, settings, f"http://127.0.0.1:{port}", SECRET_KEY=settings.secret_key) as base:
        yield base


@pytest.fixture(scope="module")
def streaming(app, settings):
    """Addresses of a web server and of the stream beside it."""
    port = free_port()
    with streams(settings, port) as stream, serving(settings, STREAM_URL=stream) as base:
        yield base, stream


@pytest.fixture
def two_desks(chromium, clinic, staff, morning):
    """Open both desks at tomorrow; whoever breaks a page's own rules fails the test."""
    windows = []

    def opened(base, *also, names=("olga", "alice"), path="", **options):
        for name in names:
            context = chromium.new_context(reduced_motion="reduce", locale="en-US", **options)
            windows.append(Window(context, base, clinic, *also))
            windows[-1].sign_in(staff[name])
            windows[-1].go(f"/desk/{soon().date()}{path}")
        return windows

    yield opened
    faults = [fault for window in windows for fault in window.faults]
    for window in windows:
        window.context.close()
    assert faults == []


def hearing(window):
    """Load the page anew, and be sure that its stream is open."""
    with window.page.expect_response(lambda response: "/days?" in response.url):
        window.page.reload()


def take(window, number=0):
    window.page.click(f".cell.free >> nth={number}")
    window.page.wait_for_selector(".panel")


def test_each_sees_the_others_hold_through_the_stream(two_desks, streaming):
    olga, alice = two_desks(*streaming)
    take(olga)
    alice.page.wait_for_selector(".cell.held", timeout=STREAM)
    take(alice)
    olga.page.wait_for_selector(".cell.held >> nth=1", timeout=STREAM)
    olga.page.keyboard.press("Escape")
    expect(alice.page.locator(".cell.held")).to_have_count(1, timeout=STREAM)


def test_without_the_stream_they_ask(two_desks, address):
    olga, alice = two_desks(address)
    take(olga)
    alice.page.wait_for_selector(".cell.held", timeout=POLL)
    take(alice)
    olga.page.wait_for_selector(".cell.held >> nth=1", timeout=POLL)


def test_a_stream_that_cannot_be_reached_is_asked_around(two_desks, streaming):
    base, stream = streaming
    olga, alice = two_desks(base, stream)
    for window in (olga, alice):
        window.context.route(re.compile(re.escape(stream)), lambda route: route.abort())
        window.page.reload()
    take(olga)
    alice.page.wait_for_selector(".cell.held", timeout=POLL)


def test_the_list_is_live_too(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"], path="/list")
    expect(olga.page.locator("tr.free")).to_have_count(6)
    with tenant_scope(clinic.id):
        book(slot_id=morning[2], patient_id=clinic.pat, actor="test", source="API")
    expect(olga.page.locator("tr.confirmed")).to_contain_text("Pat Doe", timeout=STREAM)


@pytest.mark.parametrize("path", ["/rooms", "/week", "/agenda"])
def test_the_other_views_too(two_desks, streaming, clinic, morning, path):
    (olga,) = two_desks(*streaming, names=["olga"], path=path)
    before = olga.page.locator("[data-version]").get_attribute("data-version")
    with tenant_scope(clinic.id):
        book(slot_id=morning[2], patient_id=clinic.pat, actor="test", source="API")
    expect(olga.page.locator("[data-version]")).not_to_have_attribute("data-version", before, timeout=STREAM)


def test_sql_written_by_hand_shows_too(two_desks, streaming, clinic, morning, records):
    (olga,) = two_desks(*streaming, names=["olga"])
    records.rows("UPDATE specialists SET full_name = 'Dr. Rosa Weiss' WHERE tenant_id = :id", id=clinic.id)
    expect(olga.page.locator(".head h2")).to_have_text("Dr. Rosa Weiss", timeout=STREAM)


def test_a_hold_that_runs_out_shows_by_itself(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    with tenant_scope(clinic.id):
        hold(slot_id=morning[0], actor="user:another", source="DESK", hold_seconds=4)
    olga.page.wait_for_selector(".cell.held", timeout=STREAM)
    expect(olga.page.locator(".cell.held")).to_have_count(0, timeout=4_000 + STREAM)


def test_what_one_is_at_is_left_alone(two_desks, address, clinic, morning, records):
    (olga,) = two_desks(address, names=["olga"], viewport={"width": 900, "height": 360})
    page = olga.page
    for number in range(6, 40):
        clinic.slot(soon(), after=30 * number)
    page.reload()
    take(olga)
    page.click(".panel summary")
    page.fill("#full_name", "Half a na")
    page.locator("#full_name").evaluate("(input) => input.setSelectionRange(2, 4)")
    page.evaluate("document.querySelector('.daygrid-wrap').scrollTop = 90; scrollTo(0, 40)")
    before = page.evaluate("[scrollY, document.querySelector('.daygrid-wrap').scrollTop]")
    with tenant_scope(clinic.id):
        book(slot_id=morning[3], patient_id=clinic.pat, actor="test", source="API")
    page.wait_for_selector(".cell.confirmed", state="attached", timeout=POLL)
    expect(page.locator("#full_name")).to_have_value("Half a na")
    expect(olga.page.locator("#full_name")).to_be_focused()
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [2, 4]
    assert page.evaluate("[scrollY, document.querySelector('.daygrid-wrap').scrollTop]") == before
    assert before[1] > 0


def test_a_focused_time_keeps_the_focus_and_a_lost_one_hands_it_on(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    page = olga.page
    page.locator(".cell.free").nth(2).focus()
    page.evaluate("window.kept = document.activeElement")
    with tenant_scope(clinic.id):
        book(slot_id=morning[0], patient_id=clinic.pat, actor="test", source="API")
    page.wait_for_selector(".cell.confirmed", timeout=STREAM)
    assert page.evaluate("document.activeElement === window.kept && window.kept.isConnected")
    with tenant_scope(clinic.id):
        held = hold(slot_id=morning[2], actor="user:another", source="DESK")
    page.wait_for_selector(".cell.held", timeout=STREAM)
    expect(page.locator(".cell.held")).to_be_focused()
    with tenant_scope(clinic.id):
        release(appointment_id=held.id, actor="test")
    page.wait_for_selector(".cell.held", state="detached", timeout=STREAM)
    expect(page.locator(f'.cell.free[value="{morning[2]}"]')).to_be_focused()


def test_the_change_is_said_politely_and_not_too_often(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    page = olga.page
    page.evaluate(
        """() => {
            window.said = [];
            const words = () => document.querySelector("#status .unseen")?.textContent;
            const listen = () => { if (words()) said.push(words()); };
            new MutationObserver(listen).observe(document.getElementById("status"), { childList: true, subtree: true });
        }"""
    )
    for number in range(3):
        with tenant_scope(clinic.id):
            hold(slot_id=morning[number], actor="user:another", source="DESK")
        expect(page.locator(".cell.held")).to_have_count(number + 1, timeout=STREAM)
    assert page.evaluate("new Set(said).size === 1 && said[0]") == "The calendar has changed."
    assert page.evaluate("said.length") == 1


def test_what_must_not_be_disturbed_waits(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    page = olga.page
    page.locator(".daygrid").evaluate("(grid) => { grid.dataset.still = ''; }")
    with page.expect_response(lambda r: r.url.endswith(str(soon().date())), timeout=POLL), tenant_scope(clinic.id):
        hold(slot_id=morning[0], actor="user:another", source="DESK")
        page.wait_for_timeout(1_500)
        expect(page.locator(".cell.held")).to_have_count(0)
        page.locator(".daygrid").evaluate("(grid) => { delete grid.dataset.still; }")
    page.wait_for_selector(".cell.held", timeout=STREAM)


def test_offline_and_back(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    page = olga.page
    olga.context.set_offline(True)
    expect(page.locator("[data-connection]")).to_contain_text("Not connected since", timeout=BANNER)
    olga.check()
    with tenant_scope(clinic.id):
        book(slot_id=morning[0], patient_id=clinic.pat, actor="test", source="API")
    olga.context.set_offline(False)
    page.wait_for_selector(".cell.confirmed", timeout=STREAM)
    expect(page.locator("[data-connection]")).to_be_empty()


@pytest.mark.parametrize("streamed", [True, False])
def test_a_server_that_stops_and_comes_back(two_desks, settings, clinic, morning, streamed):
    port, stream_port = free_port(), free_port()
    beside = streams(settings, stream_port) if streamed else None
    url = f"http://127.0.0.1:{stream_port}" if streamed else "off"
    if beside:
        beside.__enter__()
    with serving(settings, port, STREAM_URL=url) as base:
        (olga,) = two_desks(base, url, names=["olga"])
        page = olga.page
        if streamed:
            hearing(olga)
        page.locator(".cell.free").nth(1).focus()
    if beside:
        beside.__exit__(None, None, None)
    expect(page.locator("[data-connection]")).to_contain_text("What you see may be out of date.", timeout=BANNER)
    expect(page.locator(".cell.free").nth(1)).to_be_focused()
    with tenant_scope(clinic.id):
        hold(slot_id=morning[4], actor="user:another", source="DESK")
    with serving(settings, port, STREAM_URL=url):
        page.wait_for_selector(".cell.held", timeout=POLL)
        expect(page.locator("[data-connection]")).to_be_empty()
        expect(page.locator(".cell.free").nth(1)).to_be_focused()


def test_signed_out_elsewhere_is_said_without_leaving(two_desks, address, clinic, records):
    (olga,) = two_desks(address, names=["olga"])
    take(olga)
    olga.page.click(".panel summary")
    olga.page.fill("#full_name", "Half a na")
    records.rows("UPDATE user_sessions SET expires_at = now() WHERE tenant_id = :id", id=clinic.id)
    expect(olga.page.locator("[data-connection]")).to_contain_text("You have been signed out.", timeout=POLL)
    assert olga.page.locator("[data-connection] a").get_attribute("href").endswith(f"/desk/{soon().date()}")
    expect(olga.page.locator("#full_name")).to_have_value("Half a na")


def test_a_hidden_tab_neither_asks_nor_listens_and_catches_up(two_desks, streaming, clinic, morning):
    (olga,) = two_desks(*streaming, names=["olga"])
    page = olga.page
    hide = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    hearing(olga)
    page.evaluate(hide, True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    with tenant_scope(clinic.id):
        hold(slot_id=morning[0], actor="user:another", source="DESK")
    page.wait_for_timeout(POLL)
    assert asked == []
    page.evaluate(hide, False)
    page.wait_for_selector(".cell.held", timeout=STREAM)
    wait_until(lambda: any("/days?" in url for url in asked))
