"""Starting a child process that ends with this one."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

# The child's first act, before it becomes the program. A preexec_fn would do the same, but is unsafe beside threads.
# The order matters: a change of user clears the death signal, and a parent that died before it was set never sends one.
_LAUNCHER = """
import ctypes, os, signal, sys
parent, death_signal, uid, gid = map(int, sys.argv[1:5])
if uid >= 0:
    os.setgroups([gid]); os.setgid(gid); os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, death_signal)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
for number in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[5], sys.argv[6:])
"""


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    owner: tuple[int, int] | None = None,
    output: int | IO[bytes] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in its own process group, as `owner` (uid, gid) when given; on Linux it ends with this process.

    Linux sends the death signal when the calling *thread* ends: call from one that lives as long as the child should.
    """
    facts = map(str, (os.getpid(), int(death_signal), *(owner or (-1, -1))))
    # Found here: the launcher can import nothing more once it is a user who can't read our Python.
    program = shutil.which(argv[0], path=None if env is None else env.get("PATH")) or argv[0]
    full = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *facts, program, *argv]
    streams = (subprocess.DEVNULL, output, None if output is None else subprocess.STDOUT)
    return subprocess.Popen(full, -1, None, *streams, env=env, cwd=cwd, process_group=0)  # noqa: S603 - own programs
