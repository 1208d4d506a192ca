"""Letters through a mail server that fails, hangs and dies at random, by workers that are killed at random: each intent
arrives, and nothing about a visit that was cancelled. A server that takes a letter without saying so, or a worker that
is killed with one in the server's hands, makes one letter come again, under the same Message-ID: so there are at most
as many letters too many as there were faults of these two kinds, and one in a thousand beyond.

LETTERS_SEED runs it again with the same choices; what the machine does in between is not part of them.
"""

import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import URL, create_engine

from tests.conftest import DAY, Clinic, Records, another_book, free_port, make_clinic
from tests.jobs.unruly import Arrival, Cancelled, Intent, Tally, UnrulyServer, tally
from webapp.config import PROJECT
from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.messages import send_again

BY = {"actor": "test", "source": "DESK"}
WAITING = "SELECT count(*) FROM messages WHERE status IN ('QUEUED', 'SENDING')"
SIGN_OFF = 1000  # letters in which one may come twice without need
TAKEN_SILENTLY = ("dead after a letter, taken", "hang after a letter, taken", "451 after a letter, taken")


@dataclass
class Workers:
    """One at a time, each killed or still at work; ``killed`` are the numbers of the former."""

    nursery: subprocess.Popen[str]
    server: UnrulyServer
    killed: set[int] = field(default_factory=set)
    _pid: int = 0

    def start(self, nature: str = "sound") -> None:
        self.server.worker += 1
        self._pid = int(self._ask(nature))

    def strike(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        self.killed.add(self.server.worker)

    def bury(self) -> None:
        """Return once the one that was struck is gone."""
        assert self._ask("wait") == "gone"

    def _ask(self, word: str) -> str:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        print(word, file=self.nursery.stdin, flush=True)
        return self.nursery.stdout.readline().strip()


@dataclass
class Clinics:
    """A clinic whose visits are booked and cancelled while letters go out."""

    clinic: Clinic
    records: Records
    server: UnrulyServer
    chance: random.Random
    standing: list[UUID] = field(default_factory=list)

    def book(self, count: int) -> None:
        for slot in self._slots(count):
            with tenant_scope(self.clinic.id):
                self.standing.append(book(slot_id=slot, patient_id=self.clinic.pat, **BY).id)

    def cancel(self, count: int) -> None:
        """Half of them without a word to the patient."""
        for _ in range(min(count, len(self.standing))):
            visit = self.standing.pop(self.chance.randrange(len(self.standing)))
            with tenant_scope(self.clinic.id):
                cancel(appointment_id=visit, actor="test", notify=self.chance.random() < 0.5)
            self.server.cancelled(visit)

    def let_time_pass(self, *, nobody_sends: bool = False) -> None:
        """What waits is due; where nobody is left who sends, what was being sent too."""
        states = "('QUEUED', 'SENDING')" if nobody_sends else "('QUEUED')"
        self.records.rows(
            f"UPDATE messages SET due_at = clock_timestamp() WHERE status IN {states} AND due_at > clock_timestamp()"
        )
        # A change waits until it can no longer be undone; all are made older alike, so that their order stays.
        self.records.rows(
            """UPDATE messages SET created_at = created_at - interval '1 minute' WHERE EXISTS (
                   SELECT 1 FROM messages m WHERE m.status = 'QUEUED' AND m.attempts = 0 AND m.kind = 'CANCELLATION'
                     AND m.created_at > clock_timestamp() - interval '1 minute')"""
        )

    def is_all_sent(self) -> bool:
        self.let_time_pass()
        return self.records.one(WAITING)[0] == 0

    def send_failures_again(self) -> None:
        for row in self.records.rows("SELECT id FROM messages WHERE status = 'FAILED'"):
            with tenant_scope(self.clinic.id):
                send_again(message_id=row.id)

    def intents(self) -> list[Intent]:
        query = "SELECT id, appointment_id, kind, status, error FROM messages ORDER BY created_at"
        return [Intent(**row._mapping) for row in self.records.rows(query)]

    def _slots(self, count: int) -> list[UUID]:
        done = len(self.records.rows("SELECT FROM time_slots"))
        query = """INSERT INTO time_slots (tenant_id, specialist_id, start_time, end_time, capacity)
                   SELECT :tenant, :specialist, CAST(:day AS timestamptz) + n * interval '10 min',
                          CAST(:day AS timestamptz) + (n + 1) * interval '10 min', 1
                   FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n RETURNING id"""
        place = {"tenant": self.clinic.id, "specialist": self.clinic.specialist_id, "day": DAY}
        return [row.id for row in self.records.rows(query, **place, first=done, last=done + count - 1)]


@dataclass(frozen=True)
class Run:
    clinics: Clinics
    server: UnrulyServer
    workers: Workers
    chance: random.Random

    def go(self, *, visits: int, kills: int, nature: str = "sound") -> Tally:
        """Book and cancel while letters go out, killing the worker so many times; then let everything arrive."""
        for _ in range(kills):
            self.clinics.book(visits // kills)
            self.workers.start(nature)
            self._strike_at_some_moment(visits // kills)
            self.clinics.cancel(visits // kills // 10 + 1)
            self.clinics.let_time_pass(nobody_sends=True)
        self.workers.start(nature)
        self.server.wait_for(10**9, until=self.clinics.is_all_sent)
        self.server.unruly = False
        self.clinics.send_failures_again()
        self.server.wait_for(10**9, until=self.clinics.is_all_sent)
        return tally(self.server.story, self.clinics.intents(), killed=self.workers.killed)

    def _strike_at_some_moment(self, letters: int) -> None:
        """While the server holds a letter, or at any time after one."""
        while_held = self.chance.random() < 0.3
        struck = threading.Event()
        last = len(self.server.arrivals) + self.chance.randrange(letters // 3, letters) + 1

        def at(count: int) -> None:
            if count == last and while_held:
                self.workers.strike()
            if count == last:
                struck.set()

        self.server.struck = at
        self.server.wait_for(last - letters // 4, until=lambda: struck.is_set() or self.clinics.is_all_sent())
        self.clinics.cancel(letters // 10 + 1)
        self.server.wait_for(last, until=lambda: struck.is_set() or self.clinics.is_all_sent())
        if not (while_held and struck.is_set()):
            time.sleep(self.chance.uniform(0, 0.08))  # any moment will do
            self.workers.strike()
        self.workers.bury()


@pytest.fixture
def seed() -> str:
    seed = os.environ.get("LETTERS_SEED") or secrets.token_hex(4)
    print(f"LETTERS_SEED={seed}")
    return seed


@pytest.fixture(scope="module")
def book_of_its_own(app, new_database) -> Iterator[URL]:
    """The worker sends whatever waits in its database, so no other test's letters may be there."""
    url = new_database("holdfast_test_letters")
    with another_book(url):
        yield url


@pytest.fixture
def run(book_of_its_own: URL, seed: str) -> Iterator[Run]:
    engine = create_engine(book_of_its_own)
    records, server = Records(engine), UnrulyServer(random.Random(seed))
    records.rows("DELETE FROM messages")
    chance = random.Random(f"{seed} of the run")
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        with nursery(book_of_its_own, controller.port) as process:
            clinics = Clinics(make_clinic("letters"), records, server, chance)
            yield Run(clinics, server, Workers(process, server), chance)
    finally:
        controller.stop()
        engine.dispose()


@contextmanager
def nursery(url: URL, port: int) -> Iterator[subprocess.Popen[str]]:
    env = os.environ | {
        "DATABASE_URL": url.render_as_string(hide_password=False),
        "SECRET_KEY": "of the tests",
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": "book@letters.example",
        "DELIVERY_TIMEOUT_SECONDS": "1",
    }
    command = [sys.executable, "-m", "tests.jobs.nursery"]
    with subprocess.Popen(
        command, cwd=PROJECT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
            yield process
        finally:
            process.stdin.close()
            process.wait(30)


def check(run: Run, found: Tally, visits: int) -> None:
    intents = run.clinics.intents()
    by_status = {status: sum(one.status == status for one in intents) for status in ("SENT", "SKIPPED", "FAILED")}
    print(f"{visits} visits, {len(intents)} intents {by_status}; workers killed: {len(run.workers.killed)}")
    print(f"{found}; faults: {run.server.faults}")
    assert (found.lost, found.nameless, found.stale) == ([], [], [])
    assert found.needless <= found.letters / SIGN_OFF
    names = {arrival.name for arrival in run.server.arrivals}
    faults = sum(run.server.faults.get(fault, 0) for fault in TAKEN_SILENTLY) + len(run.workers.killed)
    too_many = len(run.server.arrivals) - len(names)
    print(f"{too_many} letters too many, {faults} faults that make one come again")
    assert too_many <= faults + found.letters / SIGN_OFF
    assert too_many == found.unanswered + found.killed + found.needless
    told = {one.appointment_id for one in intents if one.kind == "CONFIRMATION" and str(one.id) in names}
    assert set(run.clinics.standing) <= told


@pytest.mark.race
def test_each_letter_arrives(run):
    found = run.go(visits=120, kills=2)
    check(run, found, 120)


@pytest.mark.chaos
def test_each_of_many_letters_arrives(run):
    found = run.go(visits=1500, kills=25)
    check(run, found, 1500)
    assert found.unanswered > 10
    assert found.killed > 0


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("nature", "wrong"),
    [("careless", "lost"), ("hasty", "stale"), ("forgetful", "nameless"), ("doubtful", "needless")],
)
def test_a_worker_that_does_it_wrong_is_found_out(run, nature, wrong):
    run.server.hangs = 0
    assert getattr(run.go(visits=150, kills=2, nature=nature), wrong)


VISIT, FIRST, SECOND = uuid4(), uuid4(), uuid4()
ARRIVED = Arrival(str(FIRST), worker=1)


def intent(id_: UUID = FIRST, status: str = "SENT", error: str | None = None) -> Intent:
    return Intent(id_, VISIT, "CONFIRMATION", status, error)


def counted(story, intents=None, killed=()) -> Tally:
    return tally(story, intents or [intent()], killed=set(killed))


def test_what_never_came_is_lost():
    assert counted([ARRIVED]).lost == []
    assert counted([]).lost == [FIRST]
    assert counted([ARRIVED], [intent(), intent(SECOND, "SKIPPED", "cancelled")]).lost == [SECOND]
    assert counted([ARRIVED], [intent(), intent(SECOND, "FAILED", "given up")]).lost == [SECOND]
    assert counted([ARRIVED, Arrival("other", 1)]).nameless == ["other"]


def test_what_came_again_has_its_cause():
    again = Arrival(str(FIRST), worker=2)
    assert counted([ARRIVED, again]).needless == 1
    assert counted([ARRIVED, again], killed=[1]).killed == 1
    assert counted([ARRIVED, Arrival(str(SECOND), 1), again], [intent(), intent(SECOND)], [1]).needless == 1
    assert counted([Arrival(str(FIRST), 1, answered=False), again]).unanswered == 1


def test_only_what_was_under_way_may_speak_of_a_cancelled_visit():
    over, other = Cancelled(VISIT, worker=1), Arrival(str(SECOND), 1)
    about_another = Intent(SECOND, uuid4(), "CONFIRMATION", "SENT", None)
    assert counted([ARRIVED, over]).stale == []
    assert counted([over, ARRIVED]).stale == []
    assert counted([over, other, ARRIVED], [intent(), about_another]).stale == [VISIT]
    assert counted([over, Arrival(str(FIRST), worker=2)]).stale == [VISIT]
