"""Starting and stopping the web servers that are measured: Express and Holdfast. Each is ended by its pid."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.postgres import PROJECT, WORK, Database, libpq_environment
from webapp.cli.serve import _children
from webapp.config import load_settings
from webapp.core.spawning import spawn

EXPRESS = PROJECT / "bench" / "peers" / "express"
LONGER_THAN_A_RUN = "3600"  # seconds a hold lasts: none runs out in somebody else's slice
READY_SECONDS = 30.0


@dataclass(frozen=True)
class Process:
    """A web server that runs: its address, and the process that leads its workers."""

    url: str
    pid: int


def install_express() -> None:
    """npm ci, unless what is installed is newer than the lock file."""
    lock, installed = EXPRESS / "package-lock.json", EXPRESS / "node_modules" / ".package-lock.json"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise SystemExit("The benchmark's peer needs Node.js 18 or later with npm.")
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=EXPRESS, check=True)


@contextmanager
def express(db: Database, *, workers: int) -> Iterator[Process]:
    """The peer in one process or as a cluster."""
    port = _free_port()
    own = {"PORT": str(port), "WORKERS": str(workers), "BOOKING_EXPIRY_SECONDS": LONGER_THAN_A_RUN}
    environment = {"NODE_ENV": "production", "TZ": "UTC", **own, **libpq_environment(db.express())}
    node = shutil.which("node") or "node"
    with _serving(f"express-{workers}", [node, str(EXPRESS / "server.js")], environment, port=port) as process:
        yield process


@contextmanager
def holdfast(db: Database, *, workers: int | None = None) -> Iterator[Process]:
    """Holdfast as `flask run-all` starts it, with the API open; WEB_WORKERS and WEB_THREADS may be set from outside."""
    port = _free_port()
    given = {"web_workers": workers} if workers else {}
    settings = load_settings(_env_file=None, port=port, api_access="open", **_lower(db.settings()), **given)
    own = {"HOST": settings.host, "PORT": str(port), "API_ACCESS": "open", "BOOKING_EXPIRY_SECONDS": LONGER_THAN_A_RUN}
    size = {"WEB_WORKERS": str(settings.web_workers), "WEB_THREADS": str(settings.web_threads)}
    web = next(child for child in _children(settings, demo=False) if child.name == "web")
    environment = {**own, **size, **db.settings()}
    with _serving(f"{db.name}-{settings.web_workers}", web.argv, environment, port=port) as process:
        yield process


def _lower(environment: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in environment.items()}


@contextmanager
def _serving(name: str, argv: Sequence[str], environment: Mapping[str, str], *, port: int) -> Iterator[Process]:
    WORK.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port}"
    with (WORK / f"{name}.log").open("wb") as log:
        process = spawn(argv, env={"PATH": os.environ["PATH"], **environment}, cwd=PROJECT, output=log)
        try:
            _wait_until_ready(f"{url}/health", process, log=Path(log.name))
            yield Process(url, process.pid)
        finally:
            _end(process)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], *, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:
                if answer.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise SystemExit(f"{url} does not answer. Its log:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(15)
    with suppress(ProcessLookupError):  # workers that outlived their leader, or all of them
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
