"""The load: wrk for HTTP, pgbench for the limit, and what one slice of either came to."""

import json
import os
import re
import shutil
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from webapp.core.embedded import binaries

CONNECTIONS, THREADS = 8, 2
SCRIPTS = Path(__file__).parent / "load_scripts"


@dataclass
class Slice:
    """What one contender did in one slice. Rates count only what succeeded, latencies are in milliseconds.

    `booked` are the ids that were acknowledged, where the load keeps them; from slot `beyond` on nothing was asked for.
    """

    rate: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    megabytes: float = 0.0
    p95: float = 0.0  # only of what is timed act by act
    succeeded: int = 0
    booked: list[str] = field(default_factory=list)
    beyond: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Target:
    """An address under load: what every request to it carries, and how many connections ask at once."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = CONNECTIONS

    @property
    def arguments(self) -> list[str]:
        threads = min(THREADS, self.connections)
        size = [f"-t{threads}", f"-c{self.connections}", "--timeout", "10s"]
        return size + [text for name, value in self.headers.items() for text in ("-H", f"{name}: {value}")]


def ensure_wrk() -> str:
    """Where wrk is; installed from Debian when missing and we may."""
    if shutil.which("wrk") is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "wrk"], check=True, stdout=subprocess.DEVNULL)
    found = shutil.which("wrk")
    if found is None:
        raise SystemExit("The benchmark needs the load generator wrk. Install it, e.g. with: apt-get install wrk")
    return found


def bookings(target: Target, *, seconds: float, prefix: str, first: int, walk: bool) -> Slice:
    """Book as fast as the connections can: each request its own slot, or all of them the first."""
    threads = min(THREADS, target.connections)
    arguments = [prefix, str(first), "walk" if walk else "stay", str(threads)]
    return _wrk("book.lua", target, seconds=seconds, arguments=arguments, expected="201")


def reads(target: Target, paths: list[str], *, seconds: float, expected: str = "200") -> Slice:
    """Ask for these paths in turn as fast as the connections can."""
    return _wrk("read.lua", target, seconds=seconds, arguments=paths, expected=expected)


def _wrk(script: str, target: Target, *, seconds: float, arguments: list[str], expected: str) -> Slice:
    command = [ensure_wrk(), *target.arguments, f"-d{seconds:g}s", "-s", script, target.url, "--", *arguments]
    out = _run(command, cwd=SCRIPTS)
    told = json.loads(next(line for line in reversed(out.splitlines()) if line.startswith("{")))
    statuses = dict(told["statuses"])
    done = statuses.get(expected, 0)
    problems = [f"{count} answers with status {status}" for status, count in statuses.items() if status != expected]
    if told["broken"]:
        problems.append(f"{told['broken']} connections broken or timed out")
    if not done:
        problems.append(f"no answer with status {expected}")
    rate = done / told["microseconds"] * 1e6
    times = [told[name] / 1e3 for name in ("p50", "p99", "longest")]
    extra = {name: told[name] for name in ("booked", "beyond") if name in told}
    return Slice(rate, *times, succeeded=done, statuses=statuses, problems=problems, **extra)


def pgbench(statement: str, variables: Mapping[str, int], environment: Mapping[str, str], *, seconds: float) -> Slice:
    """Run one statement by 8 prepared connections; a lost race is tried again, as often as it takes."""
    binary = binaries() / "pgbench"
    size = ["-M", "prepared", "-c", str(CONNECTIONS), "-j", str(THREADS), "-T", f"{seconds:g}"]
    names = [text for name, value in variables.items() for text in ("-D", f"{name}={value}")]
    out = _run([str(binary), "-n", *size, "--max-tries=0", *names, "-f", "-"], given=statement, extra=environment)
    done, rate, failed = (_number(pattern, out) for pattern in _PGBENCH)
    problems = [f"{failed:.0f} transactions failed"] if failed else []
    return Slice(rate=rate, succeeded=int(done), problems=problems)


_PGBENCH = (r"actually processed: (\d+)", r"tps = ([\d.]+)", r"failed transactions: (\d+)")


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"pgbench did not say {pattern!r}:\n{text}")
    return float(found[1])


def one_after_another(act: Callable[[], None], *, seconds: float) -> Slice:
    """Time one act again and again on one connection: for latencies rather than rates."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        act()
        taken.append((time.perf_counter() - start) * 1e3)
    return summed_up(taken, seconds)


def summed_up(milliseconds: list[float], seconds: float) -> Slice:
    cuts = statistics.quantiles(milliseconds, n=100, method="inclusive")
    count = len(milliseconds)
    times = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "longest": max(milliseconds)}
    return Slice(count / seconds, **times, succeeded=count, statuses=Counter({"200": count}))


def _run(
    command: list[str], *, cwd: Path | None = None, given: str | None = None, extra: Mapping[str, str] | None = None
) -> str:
    environment = {**os.environ, **(extra or {})}
    ran = subprocess.run(command, cwd=cwd, input=given, env=environment, capture_output=True, text=True, timeout=120)
    if ran.returncode:
        said = ran.stderr[-2000:] + ran.stdout[-500:]
        raise SystemExit(f"{Path(command[0]).name} failed with {ran.returncode}:\n{said}")
    return ran.stdout
