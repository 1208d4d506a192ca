"""The real thing in a real browser: the web server as a process of its own, Chromium, and no other host."""

import os
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.conftest import PASSWORD, Clinic, free_port
from webapp.config import PROJECT, Settings
from webapp.core.spawning import spawn
from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import utc_now
from webapp.services.booking import book
from webapp.services.patients import add_patient

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PATIENCE = 20_000  # milliseconds to wait for what must come; a busy machine needs them
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(app: Flask, settings: Settings) -> Iterator[str]:
    """Where the web server listens; it works on the database of the tests."""
    with serving(settings) as base:
        yield base


@contextmanager
def serving(settings: Settings, port: int = 0, **env: str) -> Iterator[str]:
    """The web server on the tests' database until the end of the block; changes are asked for, not streamed."""
    port = port or free_port()
    own = {"SECRET_KEY": settings.secret_key, "API_ACCESS": "open", "STREAM_URL": "off", **env}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "wsgi:app"]
    with child(command, settings, f"http://127.0.0.1:{port}", **own) as base:
        yield base


@contextmanager
def child(command: list[str], settings: Settings, base: str, **env: str) -> Iterator[str]:
    url = settings.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)
    server = spawn(command, env=os.environ | {"DATABASE_URL": url} | env, cwd=PROJECT)
    try:
        wait_until(lambda: answers(f"{base}/health"), seconds=120)  # a busy machine starts it slowly
        yield base
    finally:
        server.terminate()
        server.wait(timeout=60)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until(met: Callable[[], Any], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Window:
    """A browser window at one clinic; what breaks the page's own rules is remembered and fails the test."""

    def __init__(self, context: BrowserContext, address: str, clinic: Clinic, *also: str) -> None:
        self.context, self.address, self.clinic = context, address, clinic
        self.faults: list[str] = []
        self.bytes: dict[str, int] = {}
        known = "|".join(re.escape(one) for one in (address, *also))
        context.route(re.compile(rf"^(?!({known})/)"), self._refuse)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._listen)

    def _refuse(self, route: Any) -> None:
        self.faults.append(f"another host: {route.request.url}")
        route.abort()

    def _listen(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused" in message.text:
            self.faults.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(path if path.startswith("http") else f"{self.address}/c/{self.clinic.id}{path}")
        return self.page

    def sign_in(self, email: str) -> Page:
        page = self.go("/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("main button[type=submit]")
        return page

    def headed(self, words: str) -> None:
        """The page with this heading is there, or comes."""
        expect(self.page.locator("h1")).to_have_text(words)

    def focused(self) -> str:
        """What has the focus: the id or name of an input, the words of anything else."""
        return self.page.evaluate(
            """() => {
                const e = document.activeElement;
                if (e === document.body) return "";
                return (e.matches("input, select, textarea") && (e.id || e.name)) || e.textContent.trim();
            }"""
        )

    def tab_to(self, words: str) -> None:
        """Go on by keyboard until the focus is on something with these words."""
        for _step in range(60):
            self.page.keyboard.press("Tab")
            if words in self.focused():
                return
        raise AssertionError(f"no way to {words}: {self.focused()}")

    def check(self) -> None:
        """Nobody is shut out by what is on the screen now."""
        self.page.wait_for_load_state("load")  # the styles too
        found = Axe().run(self.page, options={"runOnly": RULES["runOnly"]}).response["violations"]
        told = [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
        assert told == [], f"{self.page.url}\n" + "\n".join(told)
        width = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert width[0] <= width[1], f"{self.page.url} is {width[0]} wide in a window of {width[1]}"


@pytest.fixture
def open_window(chromium: Browser, address: str, clinic: Clinic) -> Iterator[Callable[..., Window]]:
    """Open a window: its width, light or dark, with scripting or without."""
    windows: list[Window] = []

    def opened(
        *,
        width: int = 1280,
        height: int = 900,
        scheme: str = "light",
        scripting: bool = True,
        locale: str = "en-US",
        **more: Any,
    ) -> Window:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripting,
            reduced_motion="reduce",
            locale=locale,
            **more,
        )
        windows.append(Window(context, address, clinic))
        return windows[-1]

    yield opened
    faults = [fault for window in windows for fault in window.faults]
    for window in windows:
        window.context.close()
    assert faults == []


@pytest.fixture
def desk(
    open_window: Callable[..., Window], staff: dict[str, str], morning: list[Any], nine: datetime
) -> Callable[..., Window]:
    """Olga at the desk, looking at tomorrow, or at yesterday in a test marked ``begun``."""

    def opened(name: str = "olga", **options: Any) -> Window:
        window = open_window(**options)
        window.sign_in(staff[name])
        window.go(f"/desk/{nine.date()}")
        return window

    return opened


def soon(*, days: int = 1, hour: int = 9) -> datetime:
    """A time on one of the next days, by the clocks of a clinic in UTC."""
    return utc_now().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)


@pytest.fixture
def nine(request: pytest.FixtureRequest) -> datetime:
    """Nine o'clock of the desk's day: tomorrow, or yesterday in a test marked ``begun``."""
    return soon(days=-1 if request.node.get_closest_marker("begun") else 1)


@pytest.fixture
def morning(clinic: Clinic, nine: datetime) -> list[Any]:
    """Six slots of half an hour from nine o'clock on."""
    return [clinic.slot(nine, after=30 * number) for number in range(6)]


@pytest.fixture
def booked(clinic: Clinic, morning: list[Any]) -> UUID:
    """Pat has the second time of the morning."""
    with tenant_scope(clinic.id):
        made = book(slot_id=morning[1], patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK")
    return made.id


@pytest.fixture
def crowd(clinic: Clinic) -> None:
    """Enough patients for a search to have several hits."""
    with tenant_scope(clinic.id):
        for name in ("Anna Berg", "Anna Costa", "Bruno Annan", "Zoë Tóth"):
            add_patient(full_name=name, phone="+49301112233")
