"""What a crash of the embedded server leaves behind: live processes and pid files that mislead the next start."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

# signal, and the seconds it is given; 0 asks nothing and waits
STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
ORPHAN_STEPS = ((0, 2.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True)
class Leftovers:
    """Finds what belongs to one cluster, and nothing else, through /proc; elsewhere than on Linux finds nothing.

    Use it only while holding the folder's lock and with no server of one's own running.
    """

    data: Path
    cluster_name: str
    socket_lock: Path
    uid: int

    @property
    def pid_files(self) -> tuple[Path, Path]:
        return self.data / "postmaster.pid", self.socket_lock

    def clear(self) -> bool:
        """End a server left behind, wait for orphaned backends, drop misleading pid files; false when some stay."""
        if sys.platform != "linux":
            return True
        master = _pid_in(self.data / "postmaster.pid")
        if master is not None and self._is_ours(master):
            log.warning("PostgreSQL (pid %s) was left running by an earlier supervisor and is stopped", master)
            _end(lambda: [master] if self._is_ours(master) else [], STOP_STEPS)
        # Backends outlive a killed master while a query runs, and hold the shared memory of the cluster.
        if not _end(self.processes, ORPHAN_STEPS):
            return False
        for file in self.pid_files:
            _drop_misleading(file)
        return True

    def processes(self) -> list[int]:
        """Pids of the cluster's live processes: the server's own and its backends'."""
        pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
        return [pid for pid in pids if self._is_ours(pid)]

    def _is_ours(self, pid: int) -> bool:
        here = Path("/proc") / str(pid)
        try:
            words = (here / "cmdline").read_bytes().split(b"\0")
            return self._names_cluster(words) and here.stat().st_uid == self.uid and self._works_in_data(here)
        except OSError:
            return False

    def _names_cluster(self, words: list[bytes]) -> bool:
        """A server process shows its arguments, its children show a title with the cluster's name."""
        if words[0].startswith(b"postgres: %s: " % self.cluster_name.encode()):
            return True
        return words[0].rpartition(b"/")[2] == b"postgres" and words[1:3] == [b"-D", os.fsencode(self.data)]

    def _works_in_data(self, here: Path) -> bool:
        try:
            return (here / "cwd").readlink() == self.data
        except PermissionError:  # root of a container may lack the right to look; title and user agreed already
            return True


def _end(pids: Callable[[], list[int]], steps: Sequence[tuple[int, float]]) -> bool:
    for number, seconds in steps:
        for pid in pids():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while pids() and time.monotonic() < deadline:
            time.sleep(0.05)
        if not pids():
            return True
    return False


def _pid_in(file: Path) -> int | None:
    """The pid a file begins with; None when there is no file or it begins otherwise."""
    try:
        return abs(int(file.read_text(errors="replace").partition("\n")[0]))
    except (OSError, ValueError):
        return None


def _drop_misleading(file: Path) -> None:
    """Remove a pid file that would stop a start: an empty one, or one whose pid now belongs to another program.

    One that names no live process stays: PostgreSQL itself reads the shared memory's id from it.
    """
    pid = _pid_in(file)
    if pid is None or _alive(pid):
        file.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
