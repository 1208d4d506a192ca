"""Supervisor of the embedded PostgreSQL: `postgres` as a child process, started again whenever it ends."""

import fcntl
import logging
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

from webapp.core.embedded_cluster import (
    ENVIRONMENT,
    Cluster,
    EmbeddedPostgresError,
    binaries,
    explain,
    folder_for,
    short_hash,
)
from webapp.core.embedded_leftovers import STOP_STEPS, Leftovers
from webapp.core.spawning import spawn

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError", "binaries", "folder_for"]

log = logging.getLogger(__name__)

SOCKET_PATH_BYTES = 103  # macOS allows 103, Linux 107
LOG_BYTES = 8_000_000
SILENCE_SECONDS = 120.0  # a start that says nothing for this long has failed; one that says it recovers has not
START_PAUSES = (0.2, 0.4, 0.8, 1.6, None)  # seconds before another try: the server may be killed while it starts
STARTING = re.compile("database system is (starting up|in recovery|not yet accepting|not accepting|shutting down)")
SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
    "log_lock_waits": "on",
    "log_error_verbosity": "terse",  # without the rows that a statement failed on
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
    "autovacuum_naptime": "15s",  # months of times that were just planned get their statistics soon
}


class EmbeddedPostgres:
    """One cluster in one folder, reached over a unix socket, and over 127.0.0.1 only when a port is given.

    `settings` go over the built-in ones. Start it from a thread that lives as long as the server should.
    """

    def __init__(self, folder: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.expanduser().resolve()
        self.port = port or 5432  # without TCP it only names the socket
        self.cluster = Cluster(self.folder, socket_folder=self._usable_socket_folder(self.folder / "run"))
        self._settings = {**SETTINGS, **(settings or {}), "listen_addresses": "127.0.0.1" if port else ""}
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the server process lives; it may still be recovering."""
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int | None:
        """The server's process id, None when it is not running."""
        return self._child.pid if self._child is not None and self.running else None

    @property
    def superuser_password(self) -> str:
        """The password of the role postgres; EmbeddedPostgresError before the first start."""
        file = self.cluster.password_file
        try:
            return file.read_text().strip()
        except OSError as error:
            raise EmbeddedPostgresError(f"Can't read {file}: {error.strerror}. Start the server first.") from error

    def url(self, *, role: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """SQLAlchemy address over the unix socket; without a password the superuser gets the kept one."""
        secret = self._secret(role, password)
        login = quote(role, safe="") + (f":{quote(secret, safe='')}" if secret else "")
        host = quote(str(self.cluster.socket_folder))
        return f"postgresql+psycopg://{login}@/{quote(database, safe='')}?host={host}&port={self.port}"

    def conninfo(self, *, role: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """The same as a plain libpq connection string, for psql, pg_dump and psycopg."""
        host = str(self.cluster.socket_folder)
        secret = self._secret(role, password)
        return make_conninfo(host=host, port=self.port, user=role, password=secret, dbname=database)

    def _secret(self, role: str, password: str | None) -> str | None:
        return self.superuser_password if password is None and role == "postgres" else password

    def start(self) -> None:
        """Make the cluster when there is none, start the server, return when it answers; nothing when it runs."""
        if self._lock is not None:
            self.ensure_running()
            return
        self.cluster.prepare()
        self._lock = self.cluster.take_lock()
        try:
            self.cluster.initialise()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def ensure_running(self) -> bool:
        """Start the server again when it has ended; true when it had to. EmbeddedPostgresError when it won't start."""
        if self._lock is None:
            self.start()
            return True
        if self.running:
            self._limit_log()
            return False
        log.warning("PostgreSQL ended unexpectedly and is started again")
        self._launch()
        return True

    def stop(self) -> None:
        """Stop the server, politely for 20 s; leaves no process, pid file or lock. Nothing when not started."""
        if self._lock is None:
            return
        if self._child is not None:
            self._end(self._child)
            self._child = None
            leftovers = self._leftovers()
            if leftovers.clear():
                for file in leftovers.pid_files:
                    file.unlink(missing_ok=True)
        fcntl.flock(self._lock, fcntl.LOCK_UN)  # closing alone would not free it beside a forked copy of us
        os.close(self._lock)
        self._lock = None

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        for number, seconds in STOP_STEPS:
            child.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                child.wait(seconds)
                return

    def _usable_socket_folder(self, wanted: Path) -> Path:
        fits = len(os.fsencode(wanted / f".s.PGSQL.{self.port}")) <= SOCKET_PATH_BYTES
        if fits and "," not in str(wanted):  # clients read a comma as the end of one host and the start of another
            return wanted
        # Not the folder of TMPDIR: a client with another environment must find the same place.
        return Path("/tmp") / f"holdfast-{os.geteuid()}-{short_hash(self.folder)}"  # noqa: S108 - its owner is checked

    @property
    def _cluster_name(self) -> str:
        return f"holdfast-{short_hash(self.folder)}"

    def _leftovers(self) -> Leftovers:
        uid = self.cluster.owner[0] if self.cluster.owner else os.geteuid()
        socket_lock = self.cluster.socket_folder / f".s.PGSQL.{self.port}.lock"
        return Leftovers(self.cluster.data, self._cluster_name, socket_lock, uid)

    def _launch(self) -> None:
        for pause in START_PAUSES:
            if not self._leftovers().clear():
                raise EmbeddedPostgresError(f"Processes {self._leftovers().processes()} hold the data: end them first.")
            self._limit_log()
            began_at = self._log_size()
            self._child = self._spawn_server()
            if self._wait_until_ready(self._child):
                return
            if pause is not None:
                time.sleep(pause)
        raise self._failure("PostgreSQL does not start", began_at)

    def _spawn_server(self) -> subprocess.Popen[bytes]:
        cluster = self.cluster
        argv = [str(cluster.programs / "postgres"), "-D", str(cluster.data), *self._options()]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        with os.fdopen(os.open(cluster.log_file, flags, 0o600), "ab") as output:
            death = signal.SIGINT  # a supervisor that is killed takes the server with it by a fast, clean shutdown
            return spawn(argv, env=ENVIRONMENT, cwd=self.folder, owner=cluster.owner, output=output, death_signal=death)

    def _options(self) -> list[str]:
        escaped = str(self.cluster.socket_folder).replace('"', '""')
        own = {
            "port": str(self.port),
            "cluster_name": self._cluster_name,
            "unix_socket_directories": f'"{escaped}"',
            "unix_socket_permissions": "0777" if self.cluster.owner else "0700",  # either way a password is asked
        }
        return [f"--{name}={value}" for name, value in {**self._settings, **own}.items()]

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        """True when a query was answered, false when the server ended before; a recovery may take its time."""
        began = heard = time.monotonic()
        while child.poll() is None:
            answer = self._ask()
            now = time.monotonic()
            if answer is None:
                return True
            if STARTING.search(answer):
                heard = now
            if now - heard > SILENCE_SECONDS:
                raise self._failure("PostgreSQL does not answer", 0)
            time.sleep(min(0.02 + (now - began) / 20, 0.5))  # each question during a recovery is a line in the log
        return False

    def _ask(self) -> str | None:
        try:
            with psycopg.connect(self.conninfo(), connect_timeout=5) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedPostgresError(
                    f"PostgreSQL refuses the password kept in {self.cluster.password_file}: the role postgres belongs "
                    "to this supervisor. Put its present password into that file, then start again."
                ) from error
            return str(error)
        return None

    def _failure(self, reason: str, log_offset: int) -> EmbeddedPostgresError:
        log_file = self.cluster.log_file
        said = log_file.read_bytes()[log_offset:].decode(errors="replace")
        return EmbeddedPostgresError(explain(reason, output=said, log_file=log_file))

    def _log_size(self) -> int:
        return self.cluster.log_file.stat().st_size if self.cluster.log_file.exists() else 0

    def _limit_log(self) -> None:
        """Keep one older log. It is copied and cut, not renamed: the server holds the file open, in append mode."""
        log_file = self.cluster.log_file
        if self._log_size() > LOG_BYTES:
            shutil.copyfile(log_file, log_file.with_suffix(".log.1"))
            os.truncate(log_file, 0)
