"""A real PostgreSQL for every test: one embedded cluster kept between runs, one database made anew for each run.

Tests commit for real and run side by side in one database: each takes clinics of its own, so none sees another's rows.
"""

import gc
import http.client
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, insert, make_url, text
from sqlalchemy.orm import Session

from webapp import create_app
from webapp.cli import serve
from webapp.config import PROJECT, Settings, load_settings
from webapp.core import database
from webapp.core.database import engines, new_id
from webapp.core.embedded import EmbeddedPostgres, folder_for
from webapp.core.roles import APP
from webapp.core.tenancy import current_tenant, tenant_scope
from webapp.core.transactions import transactional
from webapp.extensions import db
from webapp.models import User, UserRole
from webapp.queries.integrity import check_integrity
from webapp.services import signin
from webapp.services.patients import add_patient
from webapp.services.slots import add_slot
from webapp.services.specialists import add_specialist, add_type, offer_types
from webapp.services.tenants import ensure_tenant

# The tests make objects by the million; to look for cycles after every 700 of them took an eighth of the time.
gc.set_threshold(20_000, 20, 20)

PASSWORD = "a long enough password"
DAY = datetime(2031, 3, 3, tzinfo=UTC)  # a Monday, far from today and from any clock change
BEGUN = datetime(2025, 3, 3, tzinfo=UTC)  # such a Monday gone by: visits then can be missed, arrive and be done


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedPostgres]:
    folder = folder_for(PROJECT)
    lane = os.environ.get("PYTEST_XDIST_WORKER", "tests")  # workers that run at the same time have a cluster each
    with EmbeddedPostgres(folder.with_name(f"{folder.name}-{lane}")) as server:
        yield server


@pytest.fixture(scope="session")
def administrator(request: pytest.FixtureRequest) -> URL:
    """Whose databases the tests use: the embedded cluster's, or those of the server that HOLDFAST_TEST_SERVER names."""
    named = os.environ.get("HOLDFAST_TEST_SERVER")
    return make_url(named or request.getfixturevalue("cluster").url())


@pytest.fixture(scope="session")
def new_database(administrator: URL):
    """Make an empty database and answer its administrator's address."""
    admin = create_engine(administrator, isolation_level="AUTOCOMMIT")

    def make(name: str, template: str = "template1") -> URL:
        name += f"_{worker}" if (worker := os.environ.get("PYTEST_XDIST_WORKER")) else ""
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return administrator.set(database=name)

    yield make
    admin.dispose()


def settings_for(url: URL, **more: object) -> Settings:
    return load_settings(
        _env_file=None, database_url=url.render_as_string(hide_password=False), secret_key="of the tests", **more
    )


@pytest.fixture(scope="session")
def settings(new_database) -> Settings:
    return settings_for(new_database("holdfast_test"), api_access="open", web_threads=40)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.config["TESTING"] = True
    app.config["WTF_CSRF_ENABLED"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        flask_migrate.upgrade()
    return app


@pytest.fixture(scope="session")
def superuser(app: Flask, settings: Settings) -> Iterator[Engine]:
    """The administrator's engine: row-level security does not hold it back."""
    engine = create_engine(settings.admin_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sql(superuser: Engine) -> Iterator[Connection]:
    """A superuser's transaction that is rolled back at the end."""
    with superuser.connect() as connection:
        yield connection


@dataclass(frozen=True)
class Clinic:
    """A clinic with its people; Alice is its admin, Olga its receptionist, Pat a patient. Its slots are on ``day``."""

    id: str
    specialist_id: UUID
    type_id: UUID
    pat: UUID
    day: datetime = DAY

    def slot(self, start: datetime | None = None, *, minutes: int = 30, capacity: int = 1, after: int = 0) -> UUID:
        """A slot of the specialist, ``after`` so many minutes."""
        start = (start or self.day) + timedelta(minutes=after)
        with tenant_scope(self.id):
            return add_slot(
                specialist_id=self.specialist_id, start=start, end=start + timedelta(minutes=minutes), capacity=capacity
            )


def make_clinic(name: str, *, timezone: str = "UTC") -> Clinic:
    clinic_id = f"{name}-{secrets.token_hex(4)}"
    with tenant_scope(clinic_id):
        ensure_tenant(name=name.title(), timezone=timezone)
        specialist_id = add_specialist(full_name="Dr. Sam Weiss", service_type="General practice")
        type_id = add_type(name="Consultation", minutes=30, specialist_ids=[specialist_id])
        pat = add_patient(full_name="Pat Doe", email="pat@mail.example", phone="+4930901820", reference="user_pat")
    return Clinic(clinic_id, specialist_id, type_id, pat)


@pytest.fixture
def clinic(app: Flask, request: pytest.FixtureRequest) -> Clinic:
    """Marked ``begun``, the test gets one whose slots are on a day gone by."""
    return replace(make_clinic("harbour"), day=BEGUN if request.node.get_closest_marker("begun") else DAY)


@pytest.fixture
def other_clinic(app: Flask) -> Clinic:
    """Mallory's clinic: she must see nothing of the first."""
    return make_clinic("mallory")


@pytest.fixture
def within(clinic: Clinic) -> Iterator[Clinic]:
    """The clinic, with its scope open."""
    with tenant_scope(clinic.id):
        yield clinic


@pytest.fixture
def staff(clinic: Clinic) -> dict[str, str]:
    """E-mail addresses by name; everybody's password is PASSWORD."""
    roles = {"alice": "ADMIN", "olga": "OPERATOR"}
    emails = {name: f"{name}@clinic.example" for name in roles}
    for name, role in roles.items():
        add_person(clinic, name.title(), role, email=emails[name])
    return emails


def add_person(clinic: Clinic, full_name: str, role: str, *, email: str) -> None:
    """What add_user() does, but with the hash of PASSWORD that was made before: a hash is meant to be dear."""
    with tenant_scope(clinic.id):
        _add_hashed(email=email, full_name=full_name, role=UserRole(role), password_hash=_hash())


@transactional
def _add_hashed(session: Session, **person: Any) -> None:
    session.execute(insert(User).values(tenant_id=current_tenant(), id=new_id(), **person))


@cache
def _hash() -> str:
    return signin._hasher.hash(PASSWORD)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def api(app: Flask, clinic: Clinic) -> FlaskClient:
    """A client of the API that names the clinic in each request."""
    client = app.test_client()
    client.environ_base["HTTP_X_TENANT_ID"] = clinic.id
    return client


@pytest.fixture(scope="session")
def project() -> Path:
    return PROJECT


class Records:
    """What the tables hold, read and bent by the administrator: no row-level security, no service in between."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def rows(self, statement: str, **params: object) -> list[Row]:
        """Run a statement in a transaction of its own; its rows, if it has any."""
        with self.engine.begin() as connection:
            result = connection.execute(text(statement), params)
            return list(result) if result.returns_rows else []

    def one(self, statement: str, **params: object) -> Row:
        (row,) = self.rows(statement, **params)
        return row

    def appointment(self, appointment_id: UUID) -> Row:
        return self.one("SELECT * FROM appointments WHERE id = :id", id=appointment_id)

    def slot(self, slot_id: UUID) -> Row:
        return self.one("SELECT * FROM time_slots WHERE id = :id", id=slot_id)

    def events(self, appointment_id: UUID) -> list[str]:
        """What happened to an appointment, oldest first."""
        statement = "SELECT event_type FROM appointment_events WHERE appointment_id = :id ORDER BY created_at, id"
        return [row.event_type for row in self.rows(statement, id=appointment_id)]

    def live(self, slot_id: UUID) -> list[UUID]:
        """The appointments that stand on a slot, by seat, overdue holds included."""
        statement = f"SELECT id FROM appointments WHERE time_slot_id = :id AND {LIVE_ROW} ORDER BY seat"
        return [row.id for row in self.rows(statement, id=slot_id)]

    def count(self, table: str, clinic: Clinic) -> int:
        return self.one(f"SELECT count(*) FROM {table} WHERE tenant_id = :tenant", tenant=clinic.id)[0]

    def run_out(self, *appointment_ids: UUID) -> None:
        """Let time pass for holds: they ended a second ago, and nobody has tidied them up."""
        for appointment_id in appointment_ids:
            self.rows(
                "UPDATE appointments SET expires_at = clock_timestamp() - interval '1 second' WHERE id = :id",
                id=appointment_id,
            )
            self.rows(
                """SELECT refresh_slots(tenant_id, specialist_id, lower(busy_range(a)), upper(busy_range(a)))
                   FROM appointments a WHERE id = :id""",
                id=appointment_id,
            )

    def became(self, appointment_id: UUID, status: str) -> None:
        """Let a visit be what the desk may only say of it when its time has come."""
        self.rows(
            "UPDATE appointments SET status = :status, version = version + 1 WHERE id = :id",
            id=appointment_id,
            status=status,
        )
        self.rows(
            "SELECT refresh_slots(tenant_id, specialist_id, start_time, end_time) FROM appointments WHERE id = :id",
            id=appointment_id,
        )

    def wait_for_lock(self, *, sessions: int = 1) -> None:
        """Return once so many sessions of this database wait for a lock."""
        deadline = time.monotonic() + 10
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while self.one(waiting)[0] < sessions:
            assert time.monotonic() < deadline, "nobody came to wait for the lock"
            time.sleep(0.005)


LIVE_ROW = "status IN ('HOLD', 'CONFIRMED', 'ARRIVED', 'COMPLETED')"


@pytest.fixture
def records(superuser: Engine) -> Records:
    return Records(superuser)


@pytest.fixture
def patience(records: Records) -> Iterator[None]:
    """Whoever waits for a lock goes on waiting, however slowly the other comes: PostgreSQL's own limits are off."""
    (database,) = records.one("SELECT current_database()")
    for limit in ("lock_timeout", "statement_timeout"):
        records.rows(f'ALTER ROLE {APP} IN DATABASE "{database}" SET {limit} = 0')
    yield
    records.rows(f'ALTER ROLE {APP} IN DATABASE "{database}" RESET ALL')


def sound() -> bool:
    """Nothing is found in the book of the clinic whose scope is open that must not be."""
    return not any(finding.faults for finding in check_integrity())


@contextmanager
def statements_read() -> Iterator[list[str]]:
    """What the readers' connections are asked within the block, the beginning of transactions aside."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    reader = engines.reader
    event.listen(reader, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(reader, "before_cursor_execute", note)


def later_today(clinic: Clinic, records: Records) -> UUID:
    """A slot in an hour, by the clocks of a zone in which that is today still, whenever the test runs."""
    now = datetime.now(UTC)
    zone = "UTC" if now.hour < 12 else "Etc/GMT+12"
    records.rows("UPDATE tenants SET timezone = :zone WHERE id = :id", zone=zone, id=clinic.id)
    return clinic.slot(now + timedelta(hours=1))


def colleague(clinic: Clinic, *types: UUID) -> Clinic:
    """The same clinic, from the side of a second specialist who offers the same types of visit."""
    with tenant_scope(clinic.id):
        specialist_id = add_specialist(full_name="Dr. Ruth Adler")
        offer_types(specialist_id=specialist_id, type_ids=types or [clinic.type_id])
    return replace(clinic, specialist_id=specialist_id)


@contextmanager
def serving(app: Flask) -> Iterator[Flask]:
    """Let services and queries work on another application's database for a while."""
    before = engines.writer, engines.reader
    with app.app_context():
        database.bind(writer=db.engine, reader=db.engines["reader"])
        try:
            yield app
        finally:
            database.bind(*before)
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def another_book(url: URL, **settings: object) -> Iterator[Flask]:
    """An application over a database of its own, its tables made, and services and queries working on it."""
    before = engines.writer, engines.reader
    app = create_app(settings_for(url, api_access="open", **settings))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    database.bind(*before)  # create_app() bound its own
    with app.app_context():
        flask_migrate.upgrade()
    with serving(app):
        yield app


@dataclass(frozen=True)
class Server:
    """The production web server, run as the command line runs it; ``log`` is what it said."""

    port: int
    log: Path

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ready(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
            try:
                connection.request("GET", "/ready")
                return connection.getresponse().status == 200
            except OSError:
                return False


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextmanager
def running(url: URL, log: Path, *, workers: int = 2, **env: str) -> Iterator[Server]:
    """Serve a database until the end of the block; ``env`` are further settings by their environment names."""
    server = Server(free_port(), log)
    settings = settings_for(url, port=server.port, web_workers=workers)
    web = next(child for child in serve._children(settings, demo=False) if child.name == "web")
    given = {"DATABASE_URL": url.render_as_string(hide_password=False), "SECRET_KEY": settings.secret_key}
    environment = {**os.environ, "API_ACCESS": "open", **given, **env}
    with log.open("wb") as output:
        process = subprocess.Popen(web.argv, cwd=PROJECT, env=environment, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 90
            while not server.ready():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield server
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="session")
def server(app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The production server on the tests' database."""
    with running(settings.admin_url, tmp_path_factory.mktemp("server") / "log") as server:
        yield server


@pytest.fixture(scope="session")
def settling_server(app: Flask, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same at READ COMMITTED, where waiters wait instead of failing."""
    log = tmp_path_factory.mktemp("server") / "log"
    with running(settings.admin_url, log, BOOKING_ISOLATION="READ COMMITTED") as server:
        yield server
