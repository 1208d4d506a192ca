"""Booking inside a page of another site: another host name, so that the browser keeps our cookies away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import CHROMIUM, FLAGS, RULES, Window, wait_until
from webapp.core.tenancy import tenant_scope
from webapp.services.tenants import allow_embedding

BLOCKED = "--test-third-party-cookie-phaseout"  # as browsers do that keep no cookies in frames at all


@contextmanager
def site(html: str) -> Iterator[str]:
    """A site with one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def cookieless(chromium: Browser) -> Iterator[Browser]:
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, BLOCKED])
    yield browser
    browser.close()


@pytest.fixture
def home_page(cookieless, clinic, address, morning) -> Iterator[Callable[..., Window]]:
    """The clinic's own site, with the booking pages in the middle of a long text."""
    source = f"{address}/embed/c/{clinic.id}/"
    frame = f'<iframe src="{source}" title="Book" width="100%" height="400" data-holdfast></iframe>'
    script = f'<script src="{address}/static/js/embed.js" async></script>'
    filler = "<p>About us.</p>" * 30
    html = f'<!doctype html><html lang="en"><title>Clinic</title><h1>Clinic</h1>{frame}{script}{filler}'
    windows: list[Window] = []
    with site(html) as own:

        def opened(*, allowed: bool = True, scripting: bool = True) -> Window:
            with tenant_scope(clinic.id):
                allow_embedding(origins=[own if allowed else "https://www.clinic.example"])
            context = cookieless.new_context(
                viewport={"width": 360, "height": 740}, java_script_enabled=scripting, locale="en-US"
            )
            windows.append(Window(context, address, clinic, own))
            windows[-1].page.goto(own)
            return windows[-1]

        yield opened
        for window in windows:
            window.context.close()


def framed(window: Window) -> Any:
    return window.page.frame_locator("iframe")


@pytest.mark.parametrize("scripting", [True, False])
def test_a_visit_is_booked_to_the_end(home_page, morning, records, scripting):
    window = home_page(scripting=scripting)
    frame = framed(window)
    frame.locator("text=Book a visit").click()
    frame.locator("text=Consultation").click()
    frame.locator(".choice.first").click()
    frame.locator(".time").nth(1).click()
    frame.locator("#full_name").fill("Ana Costa")
    frame.locator("form#details .primary").click()  # without a way to reach her
    expect(frame.locator(".problem")).to_be_visible()
    frame.locator("#phone").fill("030 12345")
    frame.locator("form#details .primary").click()
    frame.locator("text=Book this visit").click()
    expect(frame.locator("h1")).to_have_text("Your visit is booked")
    (booked,) = records.live(morning[1])
    assert records.appointment(booked).status == "CONFIRMED"
    window.page.evaluate("history.back()")
    expect(frame.locator("h1")).to_have_text("This is booked already")
    assert window.context.cookies() == []
    assert window.faults == []


@pytest.mark.parametrize("scripting", [True, False])
def test_two_people_are_booked_to_the_end(home_page, clinic, records, scripting):
    window = home_page(scripting=scripting)
    frame = framed(window)
    frame.locator("text=Book a visit").click()
    frame.locator(".people a >> nth=1").click()
    expect(frame.locator("text=For 2 people")).to_be_visible()
    frame.locator("text=Consultation").click()
    frame.locator(".choice.first").click()
    frame.locator(".time").nth(0).click()
    frame.locator("#p1_full_name").fill("Ana Costa")
    frame.locator("#p2_full_name").fill("فاطمة حداد")
    frame.locator("#phone").fill("030 12345")
    frame.locator("#details .primary").click()
    frame.locator("text=Book all 2 visits").click()
    expect(frame.locator("h1")).to_have_text("Your visits are booked")
    expect(frame.locator(".members li")).to_have_count(2)
    booked = "SELECT status FROM appointments WHERE tenant_id = :id"
    assert [row.status for row in records.rows(booked, id=clinic.id)] == ["CONFIRMED"] * 2
    window.page.evaluate("history.back()")
    expect(frame.locator("h1")).to_have_text("This is booked already")
    assert window.context.cookies() == []
    assert window.faults == []


def test_a_site_that_is_not_allowed_shows_nothing(home_page, clinic):
    window = home_page(allowed=False)
    expect(window.page.locator("iframe")).to_be_visible()
    (shown,) = window.page.frames[1:]
    shown.wait_for_load_state()
    expect(shown.locator("h1", has_text="Harbour")).to_have_count(0)
    assert any("frame-ancestors" in fault for fault in window.faults)


def test_the_usual_pages_are_in_nobodys_frame(home_page, clinic, address):
    window = home_page()
    expect(framed(window).locator("h1")).to_have_text("Harbour")
    window.page.evaluate("url => document.querySelector('iframe').src = url", f"{address}/c/{clinic.id}/")
    window.page.wait_for_event("console", lambda message: "frame-ancestors" in message.text)


def shown(window: Window) -> int:
    return window.page.evaluate("document.querySelector('iframe').clientHeight")


def inside(window: Window) -> int:
    """How high the frame must be for nothing in it to be cut off, and nothing to be empty."""
    return window.page.frames[1].evaluate("document.documentElement.offsetHeight")


def test_the_frame_is_as_high_as_what_is_in_it(home_page):
    window = home_page()
    page, frame = window.page, framed(window)
    seen = set()

    def fits(heading: str) -> None:
        expect(frame.locator("h1")).to_contain_text(heading)
        page.frames[1].wait_for_load_state()
        wait_until(lambda: shown(window) == inside(window))
        seen.add(inside(window))

    fits("Harbour")
    frame.locator("text=Book a visit").click()
    fits("What is the visit for?")
    frame.locator("text=Consultation").click()
    fits("Choose a day")
    frame.locator(".choice.first").click()
    fits("")
    frame.locator(".time").nth(0).click()
    fits("Your details")
    assert len(seen) > 3
    frame.locator("form#details .primary").click()
    expect(frame.locator(".problem")).to_be_visible()
    page.wait_for_function("document.querySelector('iframe').getBoundingClientRect().top > -1")


def test_without_the_sites_script_the_frame_keeps_its_height(home_page):
    window = home_page(scripting=False)
    expect(framed(window).locator("h1")).to_have_text("Harbour")
    assert window.page.locator("iframe").bounding_box()["height"] == pytest.approx(400, abs=5)


def test_nobody_is_shut_out(home_page):
    window = home_page()
    framed(window).locator("text=Book a visit").click()
    expect(framed(window).locator("h1")).to_have_text("What is the visit for?")
    found = Axe().run(window.page.frames[1], options={"runOnly": RULES["runOnly"]}).response
    assert found["violations"] == []
    assert found["passes"]
