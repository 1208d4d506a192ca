"""The stream process as it runs: who may listen, what is told, and that two hundred who listen starve no page."""

import http.client
import os
import selectors
import socket
import statistics
import time
from contextlib import ExitStack, closing, contextmanager
from typing import NamedTuple

import psutil
import pytest

from tests.conftest import DAY, Clinic, free_port
from webapp.cli import serve
from webapp.config import PROJECT
from webapp.core import tickets
from webapp.core.spawning import spawn
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold

LISTENERS = 200


class Stream(NamedTuple):
    port: int
    process: psutil.Process

    def connections(self) -> int:
        """How many clients are connected."""
        family = [self.process, *self.process.children(recursive=True)]
        links = [link for one in family for link in one.net_connections()]
        return sum(link.status == "ESTABLISHED" and link.laddr.port == self.port for link in links)


@pytest.fixture(scope="module")
def stream(app, settings):
    """A stream process on the tests' database: its port and itself."""
    port = free_port()
    command = serve._streams(settings.model_copy(update={"stream_port": port}))
    url = settings.admin_url.render_as_string(hide_password=False)
    process = spawn(command, env=os.environ | {"DATABASE_URL": url, "SECRET_KEY": settings.secret_key}, cwd=PROJECT)
    try:
        until(lambda: _answers(port))
        yield Stream(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        began = time.monotonic()
        process.wait(15)
        assert time.monotonic() - began < 8, "it did not stop in time"


def until(met, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def _answers(port):
    try:
        return get(port, "/health") == (200, b"ok")
    except OSError:
        return False


def get(port, path):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def ticket_for(settings, clinic: Clinic, secret=None):
    names = [clinic.id, DAY.date().isoformat(), DAY.date().isoformat()]
    return tickets.issue(secret or settings.secret_key, purpose="days", names=names)


class Listener:
    """One open stream, read line by line as it comes."""

    def __init__(self, port, ticket, folder=""):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        request = f"GET {folder}/days?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n"
        self.socket.sendall(request.encode())
        self.heard = b""

    def fileno(self):
        return self.socket.fileno()

    def read(self):
        self.heard += self.socket.recv(65536)

    @property
    def versions(self):
        lines = self.heard.decode().splitlines()
        return [line.removeprefix("data: ") for line in lines if line.startswith("data: ") and len(line) > 10]


@contextmanager
def crowd(count, stream, ticket):
    with ExitStack() as stack:
        listeners = [Listener(stream.port, ticket) for _ in range(count)]
        for listener in listeners:
            stack.callback(listener.socket.close)
        yield listeners


def hear(listeners, met, seconds=10.0):
    """Read from all until all of them meet it; how long that took, in seconds."""
    began = time.monotonic()
    with selectors.DefaultSelector() as waiting:
        for listener in listeners:
            waiting.register(listener, selectors.EVENT_READ)
        while not all(map(met, listeners)):
            assert time.monotonic() - began < seconds, f"{sum(map(met, listeners))} of {len(listeners)} heard it"
            for key, _ in waiting.select(0.1):
                key.fileobj.read()
    return time.monotonic() - began


def test_it_tells_a_version_at_once_and_another_after_a_change(stream, settings, clinic):
    slot = clinic.slot()
    with crowd(1, stream, ticket_for(settings, clinic)) as (listener,):
        hear([listener], lambda one: one.versions)
        assert b"text/event-stream" in listener.heard
        assert b"access-control-allow-origin: *" in listener.heard
        with tenant_scope(clinic.id):
            hold(slot_id=slot, actor="test", source="DESK")
        assert hear([listener], lambda one: len(one.versions) == 2) < 2
        assert listener.versions[0] != listener.versions[1]


def test_another_clinics_change_is_not_told(stream, settings, clinic, other_clinic):
    slot, elsewhere = clinic.slot(), other_clinic.slot()
    with (
        crowd(1, stream, ticket_for(settings, clinic)) as (mine,),
        crowd(1, stream, ticket_for(settings, other_clinic)) as (theirs,),
    ):
        hear([mine, theirs], lambda one: one.versions)
        with tenant_scope(other_clinic.id):
            hold(slot_id=elsewhere, actor="test", source="DESK")
        hear([theirs], lambda one: len(one.versions) == 2)
        with tenant_scope(clinic.id):
            hold(slot_id=slot, actor="test", source="DESK")
        hear([mine], lambda one: len(one.versions) == 2)
        assert len(theirs.versions) == 2


@pytest.mark.parametrize("ticket", ["", "nonsense", "{forged}", "{bent}"])
def test_without_a_ticket_of_this_house_nothing_is_told(stream, settings, clinic, other_clinic, ticket):
    good, names = ticket_for(settings, clinic), ticket_for(settings, other_clinic)
    # The other clinic's names under this clinic's signature.
    bent = f"{names.rsplit('.', 2)[0]}.{good.split('.', good.count('.') - 1)[-1]}"
    ticket = ticket.format(forged=ticket_for(settings, clinic, "another secret"), bent=bent)
    assert get(stream.port, f"/days?ticket={ticket}") == (403, b"This ticket opens nothing.")


def test_there_is_a_beat_and_a_proxys_folder_does_not_matter(stream, settings, clinic):
    listener = Listener(stream.port, ticket_for(settings, clinic), "/some/folder")
    with closing(listener.socket):
        hear([listener], lambda one: b"event: beat" in one.heard)


def test_two_hundred_listen_and_pages_answer(stream, server, settings, clinic):
    slot = clinic.slot()
    with crowd(LISTENERS, stream, ticket_for(settings, clinic)) as listeners:
        hear(listeners, lambda one: one.versions)
        with tenant_scope(clinic.id):
            hold(slot_id=slot, actor="test", source="DESK")
        took = []
        for _ in range(30):
            began = time.monotonic()
            assert get(server.port, f"/c/{clinic.id}/")[0] == 200
            took.append(time.monotonic() - began)
        hear(listeners, lambda one: len(one.versions) == 2, seconds=2.0)
        assert statistics.median(took) < 0.5


def test_who_leaves_is_forgotten(stream, settings, clinic):
    before = stream.connections()
    with crowd(20, stream, ticket_for(settings, clinic)) as listeners:
        hear(listeners, lambda one: one.versions)
        assert stream.connections() >= before + 20
    until(lambda: stream.connections() <= before)
