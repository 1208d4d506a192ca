"""kill -9 of the database and of web processes under load: nothing that was acknowledged is missing afterwards."""

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.chaos.load import Ledger
from webapp.config import PROJECT
from webapp.core.embedded import EmbeddedPostgres

CLIENTS = 6
KILLS = 12
BACK_WITHIN_SECONDS = 10


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the server's own user can go, which it cannot below pytest's folders."""
    with tempfile.TemporaryDirectory(prefix="holdfast-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen]:
    """`flask run-all`, as `make run` starts it, until the block ends."""
    env = os.environ | {"HOLDFAST_DATA": str(folder), "PORT": str(port), "API_ACCESS": "open"}
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "run-all"]
    everything = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        began = time.monotonic()
        wait_until_up(port, within=60)
        everything.seconds_to_serve = time.monotonic() - began
        yield everything
    finally:
        everything.terminate()
        with suppress(subprocess.TimeoutExpired):
            everything.wait(40)
        everything.kill()


def wait_until_up(port: int, *, within: float) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"not serving after {within} s")


def children_of(pid: int) -> list[int]:
    out = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    direct = [int(line) for line in out.split()]
    return direct + [below for child in direct for below in children_of(child)]


def victims(everything: subprocess.Popen, folder: Path) -> dict[str, list[int]]:
    """Which processes may be killed: the postmaster, its backends, the web server and its workers."""
    names = {pid: Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in children_of(everything.pid)}
    postmaster = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    web = [pid for pid, name in names.items() if "granian" in name]
    return {"postmaster": [postmaster], "backend": children_of(postmaster)[-4:], "web": web}


def booked(folder: Path, tenant: str) -> set[str]:
    conninfo = EmbeddedPostgres(folder).conninfo(database="holdfast")
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute(
            "SELECT idempotency_key, count(*) OVER (PARTITION BY start_time) FROM appointments WHERE tenant_id = %s",
            [tenant],
        ).fetchall()
    assert all(count == 1 for _, count in rows), "a time was sold twice"
    return {key for key, _ in rows}


@pytest.mark.chaos
def test_nothing_acknowledged_is_lost(folder):
    seed = random.randrange(10**6)
    chance, port = random.Random(seed), free_port()
    ledger, stop = Ledger(port, f"chaos-{seed}"), threading.Event()
    with running(folder, port) as everything:
        clients = ledger.run(clients=CLIENTS, stop=stop)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.5, 2))
            pids = chance.choice(list(victims(everything, folder).values()))
            with suppress(ProcessLookupError):
                os.kill(chance.choice(pids), signal.SIGKILL)
            wait_until_up(port, within=BACK_WITHIN_SECONDS)
        stop.set()
        for client in clients:
            client.join(30)
        lost = set(ledger.ok) - booked(folder, ledger.tenant)
        print(f"seed {seed}: {len(ledger.ok)} acknowledged, {len(lost)} lost, {len(ledger.unknown)} unknown")
        assert not lost
        assert len(ledger.ok) > 500


@pytest.mark.chaos
def test_after_everything_was_killed_it_serves_again(folder):
    port = free_port()
    ledger, stop = Ledger(port, "all-killed"), threading.Event()
    with running(folder, port) as everything:
        clients = ledger.run(clients=CLIENTS, stop=stop)
        time.sleep(2)
        for pid in [everything.pid, *children_of(everything.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stop.set()
        for client in clients:
            client.join(30)
    with running(folder, port) as again:
        assert again.seconds_to_serve < BACK_WITHIN_SECONDS
        assert set(ledger.ok) <= booked(folder, ledger.tenant)
        assert ledger.ok
