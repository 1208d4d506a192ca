"""The loop that keeps several child processes running, and ends them in order."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from webapp.core.spawning import spawn

log = logging.getLogger(__name__)

TICK_SECONDS, READY_SECONDS = 0.1, 60.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.2, 5.0
SETTLED_SECONDS = 10.0  # a child that lived this long starts again without a longer pause


@dataclass(frozen=True)
class Child:
    """A program to keep running; the next one starts when `ready` (asked again and again) says true."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None


class _StopAskedError(Exception):
    """Leaves the loop, and the caller's hook too: it may be waiting for long."""


class Supervisor:
    """Starts children in order, restarts those that exit, and stops all in reverse order on SIGINT or SIGTERM."""

    def __init__(
        self, children: Sequence[Child], *, each_tick: Callable[[], None] | None = None, grace_seconds: float = 10.0
    ) -> None:
        self._running = [_Running(child) for child in children]
        self._each_tick = each_tick or (lambda: None)
        self._grace_seconds = grace_seconds
        self._stopping = self._in_hook = False

    def run(self) -> None:
        """Run until SIGINT or SIGTERM; TimeoutError when a child is not ready within 60 s. Main thread only.

        The handlers stay: a second Ctrl-C must not cut short the caller's own cleaning up.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        try:
            with suppress(_StopAskedError):
                for running in self._running:
                    self._start_and_wait(running)
                while True:
                    self._tick()
        finally:
            self._in_hook = False
            for running in reversed(self._running):
                running.stop(self._grace_seconds)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        if self._in_hook:
            self._in_hook = False
            raise _StopAskedError

    def _start_and_wait(self, running: "_Running") -> None:
        deadline = time.monotonic() + READY_SECONDS
        running.start()
        self._tick()
        while running.child.ready is not None and not running.child.ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{running.child.name} is not ready after {READY_SECONDS:.0f} s, see its output.")
            self._tick()

    def _tick(self) -> None:
        for running in self._running:
            running.restart_if_gone()
        self._in_hook = True
        if self._stopping:
            raise _StopAskedError
        self._each_tick()
        time.sleep(TICK_SECONDS)
        self._in_hook = False


@dataclass
class _Running:
    """One child and what its restarts need to remember."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE_SECONDS
    born: float = 0.0
    due: float | None = None

    def start(self) -> None:
        self.process = spawn(self.child.argv, env=self.child.env)
        self.born, self.due = time.monotonic(), None

    def restart_if_gone(self) -> None:
        if self.process is None or self.process.poll() is None:
            return
        if self.due is None:
            self._plan_restart()
        elif time.monotonic() >= self.due:
            self.start()

    def _plan_restart(self) -> None:
        self._signal_group(signal.SIGTERM)  # workers of a killed master would keep its port
        if time.monotonic() - self.born >= SETTLED_SECONDS:
            self.pause = FIRST_PAUSE_SECONDS
        log.warning("%s ended unexpectedly, again in %.1f s", self.child.name, self.pause)
        self.due = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)

    def stop(self, grace_seconds: float) -> None:
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(grace_seconds)
        self._signal_group(signal.SIGKILL)
        self.process.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            if self.process is not None:
                os.killpg(self.process.pid, number)
