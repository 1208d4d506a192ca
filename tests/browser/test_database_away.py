"""The database goes away while somebody works, and comes back: nothing typed is lost, and everybody is told."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window, serving, soon
from webapp.config import Settings


class Gate:
    """The way of a web server to its database: a socket of its own, behind which everything is passed on."""

    def __init__(self, settings: Settings, folder: str) -> None:
        url = settings.admin_url
        host = str(url.query.get("host", ""))
        if not host.startswith("/"):
            pytest.skip("the database is reached over a network, not by a socket")
        name = f".s.PGSQL.{url.query.get('port') or url.port}"
        self.here, self.database = f"{folder}/{name}", f"{host}/{name}"
        behind = url.set(drivername="postgresql").update_query_dict({"host": folder})
        self.url = behind.render_as_string(hide_password=False)
        self.ends: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self.open()

    def open(self) -> None:
        door = socket.socket(socket.AF_UNIX)
        door.bind(self.here)
        door.listen(64)
        self.ends = [door]
        self._begin(self._let_in, door)

    def close(self) -> None:
        """Who comes finds nobody, and whoever is inside is cut off. Again: nothing happens."""
        Path(self.here).unlink(missing_ok=True)
        for one in self.ends:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for one in self.ends:
            one.close()
        self.ends, self.threads = [], []

    def _begin(self, work: Callable[..., None], *ends: socket.socket) -> None:
        thread = threading.Thread(target=work, args=ends, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _let_in(self, door: socket.socket) -> None:
        with suppress(OSError):  # the door is shut
            while True:
                guest, _address = door.accept()
                inside = socket.socket(socket.AF_UNIX)
                self.ends += [guest, inside]
                inside.connect(self.database)
                self._begin(_pass_on, guest, inside)
                self._begin(_pass_on, inside, guest)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while heard := source.recv(65_536):
            target.sendall(heard)
        target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def gate(settings) -> Iterator[Gate]:
    with TemporaryDirectory() as folder:  # a short path: that of a socket may not be long
        way = Gate(settings, folder)
        yield way
        way.close()


@pytest.fixture
def behind(settings, gate) -> Iterator[str]:
    with serving(settings, DATABASE_URL=gate.url) as base:
        yield base


@pytest.fixture
def window(chromium, behind, clinic) -> Iterator[Window]:
    context = chromium.new_context(reduced_motion="reduce", locale="en-US")
    opened = Window(context, behind, clinic)
    yield opened
    context.close()
    assert opened.faults == []


def test_the_desk_keeps_its_form_says_so_and_sends_it_later(window, gate, clinic, staff, morning, records):
    window.sign_in(staff["olga"])
    page = window.go(f"/desk/{soon().date()}")
    page.click(".cell.free >> nth=0")
    page.click(".panel summary")
    page.fill("#full_name", "Half a Name")
    page.fill("#phone", "+4930555123")
    gate.close()
    page.click(".panel form:has(#full_name) button[type=submit]")
    expect(page.locator("#status .notice.bad")).to_contain_text("Nothing was booked or changed unless you saw it")
    expect(page.locator("#full_name")).to_have_value("Half a Name")
    window.check()
    gate.open()
    page.click(".panel form:has(#full_name) button[type=submit]")
    expect(page.locator(".cell.confirmed")).to_contain_text("Half a Name")
    assert len(records.live(morning[0])) == 1


def test_a_patients_page_has_the_clinics_name_and_a_way_to_try_again(window, gate, clinic):
    page = window.go("/")
    gate.close()
    page.reload()
    window.headed("The appointment book cannot be reached")
    expect(page.locator(".brand")).to_have_text("Harbour")
    window.check()
    gate.open()
    page.get_by_role("link", name="Try again").click()
    window.headed("Harbour")
