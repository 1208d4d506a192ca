"""The supervisor of child processes, driven as its user drives it: in a process of its own, by signals."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]

# A child that says in `events` when it starts and when it is asked to stop.
CHILD = """
import os, signal, sys, time
name, events, manner = sys.argv[1:4]
def say(word):
    with open(events, "a") as file:
        file.write(f"{word} {name} {os.getpid()}\\n")
def stop(*_):
    say("stop")
    if manner != "stubborn":
        sys.exit(0)
signal.signal(signal.SIGTERM, stop)
say("start")
while manner != "brief":
    time.sleep(0.02)
"""

PARENT = """
import logging, sys, time, types
from pathlib import Path

sys.modules["webapp"] = types.ModuleType("webapp")  # the supervisor needs the core alone, not the application
sys.modules["webapp"].__path__ = [str(Path.cwd() / "webapp")]
from webapp.core import processes
from webapp.core.processes import Child, Supervisor

logging.basicConfig(level=logging.INFO, format="%(message)s")
here = Path(sys.argv[1])
events = here / "events"

def child(name, manner="plain", ready=None):
    return Child(name, [sys.executable, str(here / "child.py"), name, str(events), manner], ready=ready)

def ticked():
    with (here / "ticks").open("a") as file:
        file.write("x")
"""


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the awaited condition did not come"
        time.sleep(0.01)


def gone(pids: list[int]) -> bool:
    def lives(pid: int) -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return not any(lives(pid) for pid in pids)


class Scene:
    """A parent running the supervisor, and what its children wrote down."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.process = process

    def events(self, word: str) -> list[str]:
        """Names in the order they said the word."""
        return [line.split()[1] for line in self._lines() if line.startswith(word)]

    def pids(self, name: str = "") -> list[int]:
        return [int(line.split()[2]) for line in self._lines() if line.startswith(f"start {name}")]

    def _lines(self) -> list[str]:
        file = self.folder / "events"
        return file.read_text().splitlines() if file.exists() else []

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for something that the parent has to bring about; fails at once when it has ended."""
        until(lambda: condition() or self.process.poll() is not None)
        assert condition(), f"the parent ended: {self.process.communicate()[0]}"

    def end(self, number: signal.Signals = signal.SIGTERM) -> str:
        """Signal the parent, wait for it, and give back what it said."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=20)[0]


@contextmanager
def run_parent(folder: Path, body: str) -> Iterator[Scene]:
    (folder / "child.py").write_text(CHILD)
    code = PARENT + textwrap.dedent(body)
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    scene = Scene(folder, process)
    try:
        yield scene
    finally:
        process.kill()
        for pid in scene.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


def test_children_start_in_order_and_stop_in_reverse(tmp_path: Path) -> None:
    body = "Supervisor([child('one'), child('two'), child('three')]).run()"
    with run_parent(tmp_path, body) as scene:
        scene.until(lambda: len(scene.events("start")) == 3)
        scene.end()
        assert scene.events("stop") == ["three", "two", "one"]
        assert scene.process.returncode == 0
        assert gone(scene.pids())


def test_the_next_child_waits_until_the_first_is_ready(tmp_path: Path) -> None:
    body = "Supervisor([child('one', ready=(here / 'open').exists), child('two')], each_tick=ticked).run()"
    with run_parent(tmp_path, body) as scene:
        scene.until(lambda: (tmp_path / "ticks").exists() and (tmp_path / "ticks").stat().st_size >= 3)
        assert "two" not in scene.events("start")
        (tmp_path / "open").touch()
        scene.until(lambda: scene.events("start") == ["one", "two"])


def test_a_child_that_is_never_ready_ends_everything_with_an_error(tmp_path: Path) -> None:
    body = """
        processes.READY_SECONDS = 0.3
        Supervisor([child('one'), child('two', ready=lambda: False), child('three')]).run()
    """
    with run_parent(tmp_path, body) as scene:
        output = scene.process.communicate(timeout=20)[0]
        assert "TimeoutError: two is not ready" in output
        assert scene.process.returncode == 1
        assert "three" not in scene.events("start")
        assert gone(scene.pids())


def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    with run_parent(tmp_path, "Supervisor([child('one'), child('two')]).run()") as scene:
        scene.until(lambda: len(scene.events("start")) == 2)
        os.kill(scene.pids("one")[0], signal.SIGKILL)
        scene.until(lambda: len(scene.pids("one")) == 2)
        assert len(scene.pids("two")) == 1
        scene.end()
        assert gone(scene.pids())


def test_a_child_that_keeps_ending_is_restarted_with_growing_pauses(tmp_path: Path) -> None:
    with run_parent(tmp_path, "Supervisor([child('one', 'brief')]).run()") as scene:
        scene.until(lambda: len(scene.pids("one")) >= 3)
        output = scene.end()
    pauses = [line.split()[-2] for line in output.splitlines() if "ended unexpectedly" in line]
    assert pauses[:2] == ["0.2", "0.4"]


def test_a_child_that_ignores_the_request_is_killed_after_the_grace_time(tmp_path: Path) -> None:
    with run_parent(tmp_path, "Supervisor([child('one', 'stubborn')], grace_seconds=0.3).run()") as scene:
        scene.until(lambda: scene.events("start"))
        scene.end()
        assert scene.events("stop") == ["one"]
        assert gone(scene.pids())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_parent_even_while_its_hook_waits(tmp_path: Path, number: signal.Signals) -> None:
    body = """
        def wait_long():
            if events.exists():
                ticked()
                time.sleep(600)
        Supervisor([child('one')], each_tick=wait_long).run()
    """
    with run_parent(tmp_path, body) as scene:
        scene.until(lambda: (tmp_path / "ticks").exists())
        scene.end(number)
        assert scene.process.returncode == 0
        assert scene.events("stop") == ["one"]


def test_children_stop_when_the_hook_fails(tmp_path: Path) -> None:
    body = """
        def fail_once_started():
            if events.exists():
                raise RuntimeError("the hook failed")
        Supervisor([child('one')], each_tick=fail_once_started).run()
    """
    with run_parent(tmp_path, body) as scene:
        output = scene.process.communicate(timeout=20)[0]
        assert "the hook failed" in output
        assert scene.events("stop") == ["one"]
        assert gone(scene.pids())


def test_children_have_process_groups_of_their_own(tmp_path: Path) -> None:
    with run_parent(tmp_path, "Supervisor([child('one'), child('two')]).run()") as scene:
        scene.until(lambda: len(scene.events("start")) == 2)
        assert [os.getpgid(pid) for pid in scene.pids()] == scene.pids()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    with run_parent(tmp_path, "Supervisor([child('one'), child('two')]).run()") as scene:
        scene.until(lambda: len(scene.events("start")) == 2)
        scene.end(signal.SIGKILL)
        until(lambda: gone(scene.pids()))
        assert sorted(scene.events("stop")) == ["one", "two"]
