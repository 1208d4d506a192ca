"""Starting and stopping what is measured: the database, the Express peer, and Holdfast. Each is ended by its pid."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine

from webapp.core import roles
from webapp.core.embedded import EmbeddedPostgres
from webapp.core.spawning import spawn

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / "bench" / ".work"
EXPRESS = PROJECT / "bench" / "peers" / "express"
DATABASE = "holdfast"
EXPRESS_ROLE = "express_peer"
LONGER_THAN_A_RUN = "3600"  # the peer arms its expiry timers, but none fires into somebody else's slice
READY_SECONDS = 30.0


class Database:
    """The one PostgreSQL of the run, with Holdfast's schema and the peer's beside each other."""

    def __init__(self, server: EmbeddedPostgres, secret_key: str) -> None:
        self.server, self.secret_key = server, secret_key

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.server.conninfo(database=DATABASE), autocommit=True)

    def app(self) -> str:
        """Connection string of the role that Holdfast serves with."""
        password = roles.role_password(self.secret_key, roles.APP)
        return self.server.conninfo(role=roles.APP, password=password, database=DATABASE)

    def express(self) -> str:
        return self.server.conninfo(role=EXPRESS_ROLE, password=self.secret_key, database=DATABASE)

    def build(self) -> None:
        """Make the database and both schemas; it must not exist yet."""
        with psycopg.connect(self.server.conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        self._build_holdfast()
        self._build_express()

    def _build_holdfast(self) -> None:
        engine = create_engine(self.server.url(database=DATABASE))
        with engine.begin() as connection:
            roles.ensure_roles(connection, secret_key=self.secret_key)
            connection.exec_driver_sql(f"SET ROLE {roles.OWNER}")
            for name in ("0001_tables.sql", "0001_keys.sql", "0001_guards.sql", "0002_booking_door.sql"):
                text = (PROJECT / "migrations" / "sql" / name).read_text()
                connection.exec_driver_sql(text.replace("%", "%%"))
        engine.dispose()

    def _build_express(self) -> None:
        role = sql.Identifier(EXPRESS_ROLE)
        with self.superuser() as connection:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(self.secret_key)))
            connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(role, role))
            connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(DATABASE), role))
        with psycopg.connect(self.express(), autocommit=True) as connection:
            connection.execute((EXPRESS / "schema.sql").read_text())


@contextmanager
def database(parent: Path | None) -> Iterator[Database]:
    """A fresh PostgreSQL for this run, in a new folder below `parent` that is removed afterwards."""
    above = parent or WORK
    above.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=above))
    try:
        with EmbeddedPostgres(home) as server:
            made = Database(server, secrets.token_hex(16))
            made.build()
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def libpq_environment(conninfo: str) -> dict[str, str]:
    """The PG… variables that mean the same as a connection string."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = conninfo_to_dict(conninfo)
    return {variable: str(given[name]) for name, variable in names.items() if name in given}


def install_express() -> None:
    """npm ci, unless what is installed is newer than the lock file."""
    lock, installed = EXPRESS / "package-lock.json", EXPRESS / "node_modules" / ".package-lock.json"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise SystemExit("The benchmark's peer needs Node.js 18 or later with npm.")
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=EXPRESS, check=True)


@contextmanager
def express(db: Database, *, workers: int) -> Iterator[str]:
    """The peer in one process or as a cluster; gives its address."""
    port = _free_port()
    own = {"PORT": str(port), "WORKERS": str(workers), "BOOKING_EXPIRY_SECONDS": LONGER_THAN_A_RUN}
    environment = {"NODE_ENV": "production", "TZ": "UTC", **own, **libpq_environment(db.express())}
    node = shutil.which("node") or "node"
    with _serving(f"express-{workers}", [node, str(EXPRESS / "server.js")], environment, port=port) as url:
        yield url


@contextmanager
def _serving(name: str, command: list[str], environment: Mapping[str, str], *, port: int) -> Iterator[str]:
    WORK.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{port}"
    with (WORK / f"{name}.log").open("wb") as log:
        process = spawn(command, env={"PATH": os.environ["PATH"], **environment}, cwd=PROJECT, output=log)
        try:
            _wait_until_ready(f"{url}/health", process, log=Path(log.name))
            yield url
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
