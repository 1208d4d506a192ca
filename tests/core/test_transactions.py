"""Commit, rollback and retry, against a database that refuses for real."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from webapp.core import transactions
from webapp.core.database import engines
from webapp.core.errors import Busy, Conflict, NotFound
from webapp.core.tenancy import NoTenant
from webapp.core.transactions import TryAgain, reading, transactional

FAIL = "DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '{}'; END $$"
ADD = text("INSERT INTO patients (tenant_id, full_name, reference) VALUES (:tenant, :name, :name)")
AN_HOUR_TOO_EARLY = text("""
    INSERT INTO appointments (tenant_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time)
    SELECT tenant_id, specialist_id, id, capacity, start_time - interval '1 hour', start_time
    FROM time_slots WHERE id = :slot
""")


class UseCase:
    """Writes a row, then fails as often as it is told to; remembers at which isolation it ran."""

    def __init__(self, clinic, *, fail: str = "", times: int = 0) -> None:
        self.clinic, self.fail, self.times = clinic, fail, times
        self.isolations: list[str] = []

    def __call__(self) -> str:
        return transactional(self._run)()

    def _run(self, session: Session) -> str:
        self.isolations.append(session.scalar(text("SHOW transaction_isolation")))
        session.execute(ADD, {"tenant": self.clinic.id, "name": "once"})
        if len(self.isolations) <= self.times:
            self._fail(session)
        return "done"

    def _fail(self, session: Session) -> None:
        if self.fail == "TRY_AGAIN":
            raise TryAgain
        session.execute(text(FAIL.format(self.fail)))


def written(records, clinic) -> int:
    return records.one("SELECT count(*) FROM patients WHERE tenant_id = :t AND full_name = 'once'", t=clinic.id)[0]


def test_a_use_case_is_committed(within, records):
    use_case = UseCase(within)
    assert use_case() == "done"
    assert use_case.isolations == ["repeatable read"]
    assert written(records, within) == 1


@pytest.mark.parametrize("fail", ["40001", "40P01", "TRY_AGAIN"])
def test_who_lost_a_race_tries_again_and_writes_once(within, records, fail):
    use_case = UseCase(within, fail=fail, times=2)
    assert use_case() == "done"
    assert len(use_case.isolations) == 3
    assert written(records, within) == 1


def test_from_the_third_try_on_it_waits_instead_of_failing(within):
    use_case = UseCase(within, fail="40001", times=4)
    use_case()
    assert use_case.isolations == ["repeatable read"] * 2 + ["read committed"] * 3


def test_and_the_next_transaction_is_as_strict_as_before(within):
    UseCase(within, fail="40001", times=4)()

    @transactional
    def isolation(session: Session) -> str:
        return session.scalar(text("SHOW transaction_isolation"))

    assert {isolation() for _ in range(3)} == {"repeatable read"}


@pytest.mark.parametrize("fail", ["40001", "40P01", "TRY_AGAIN"])
def test_after_five_tries_it_gives_up_and_nothing_is_written(within, records, fail):
    use_case = UseCase(within, fail=fail, times=99)
    with pytest.raises(Busy) as caught:
        use_case()
    assert len(use_case.isolations) == 5
    assert (caught.value.status, caught.value.retry_after >= 1) == (503, True)
    assert written(records, within) == 0


def test_or_when_its_time_is_up(within, monkeypatch):
    monkeypatch.setattr(transactions, "BUDGET_SECONDS", 0.0)
    use_case = UseCase(within, fail="40001", times=99)
    with pytest.raises(Busy):
        use_case()
    assert len(use_case.isolations) == 1


def test_it_may_take_three_seconds():
    assert transactions.BUDGET_SECONDS == 3.0


@pytest.mark.parametrize("fail", ["55P03", "57014", "53300", "25006"])
def test_what_the_database_gave_up_on_is_not_tried_again(within, records, fail):
    use_case = UseCase(within, fail=fail, times=99)
    with pytest.raises(Busy):
        use_case()
    assert len(use_case.isolations) == 1
    assert written(records, within) == 0


def test_a_violated_constraint_becomes_a_sentence(within):
    @transactional
    def add_twice(session: Session) -> None:
        session.execute(ADD, {"tenant": within.id, "name": "twin"})
        session.execute(ADD, {"tenant": within.id, "name": "twin"})

    with pytest.raises(Conflict, match="Another patient has this reference") as caught:
        add_twice()
    assert isinstance(caught.value.__cause__, IntegrityError)


def test_also_one_that_is_only_looked_at_when_it_commits(within):
    slot = within.slot()

    @transactional
    def spoil(session: Session) -> None:
        session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        session.execute(AN_HOUR_TOO_EARLY, {"slot": slot})

    with pytest.raises(Conflict, match="The slot has appointments"):
        spoil()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO appointments (tenant_id, start_time, status) VALUES (:tenant, now(), 'HOLD')",  # ours to prevent
        "CREATE TEMP TABLE odd (n int CONSTRAINT nobody_knows CHECK (n > 0)); INSERT INTO odd VALUES (-1)",
        "INSERT INTO patients (tenant_id, full_name) VALUES (:tenant, NULL)",
        "SELECT 1 / 0",
        "SELECT no_such_column FROM patients",
    ],
)
def test_what_nobody_can_mend_is_raised_as_it_is(within, statement):
    tries = []

    @transactional
    def fail(session: Session) -> None:
        tries.append(1)
        for part in statement.split(";"):
            session.execute(text(part), {"tenant": within.id} if ":tenant" in part else {})

    with pytest.raises(DBAPIError):
        fail()
    assert len(tries) == 1


def test_a_refusal_undoes_what_was_written_before_it(within, records):
    tries = []

    @transactional
    def refuse(session: Session) -> None:
        tries.append(1)
        session.execute(ADD, {"tenant": within.id, "name": "once"})
        raise NotFound("No.")

    with pytest.raises(NotFound):
        refuse()
    assert (len(tries), written(records, within)) == (1, 0)


def test_a_lost_connection_is_replaced(within):
    @transactional
    def die(session: Session) -> None:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Busy):
        die()
    assert UseCase(within)() == "done"


def test_one_that_was_lost_while_nobody_used_it_costs_nothing(within, records):
    use = transactional(lambda session: session.execute(text("SELECT pg_backend_pid()")).scalar_one())
    backend = use()
    assert records.one("SELECT pg_terminate_backend(:backend, 5000)", backend=backend)[0]
    assert use() != backend


def test_when_every_connection_is_out_it_says_so_in_time(within, monkeypatch):
    pool = engines.writer.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    taken = [engines.writer.connect() for _ in range(pool.size())]
    try:
        with pytest.raises(Busy) as caught:
            UseCase(within)()
        assert isinstance(caught.value.__cause__, PoolTimeout)
    finally:
        for connection in taken:
            connection.close()
    assert UseCase(within)() == "done"


def test_what_was_read_stands_when_the_connection_is_lost_afterwards(within, records):
    with reading() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
        assert records.one("SELECT pg_terminate_backend(:backend, 5000)", backend=backend)[0]
    with reading() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != backend


def test_readers_keep_the_statements_that_they_prepared(within):
    often = text("SELECT count(*) FROM patients")
    for _time in range(10):
        with reading() as connection:
            connection.execute(often)
    with reading() as connection:
        kept = list(connection.scalars(text("SELECT statement FROM pg_prepared_statements")))
    assert often.text in kept


def test_readers_cannot_write(within):
    with pytest.raises(Busy) as caught, reading() as connection:
        connection.execute(ADD, {"tenant": within.id, "name": "once"})
    assert "read-only transaction" in str(caught.value.__cause__)


def test_nor_when_they_ask_for_it(within):
    with reading() as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(ADD, {"tenant": within.id, "name": "once"})
        connection.rollback()


def test_without_a_clinic_nothing_runs(app):
    with pytest.raises(NoTenant), reading():
        pass
    with pytest.raises(NoTenant):
        transactional(lambda session: session)()


def test_waiting_for_a_lock_has_an_end(within, superuser):
    """The role's own limit is 2 seconds; here a shorter one, so that nobody has to wait for the test."""

    @transactional
    def wait(session: Session) -> None:
        session.execute(text("SET LOCAL lock_timeout = '20ms'"))
        session.execute(text("UPDATE patients SET notes = '' WHERE id = :id"), {"id": within.pat})

    with superuser.connect() as other:
        other.execute(text("SELECT 1 FROM patients WHERE id = :id FOR UPDATE"), {"id": within.pat})
        started = time.monotonic()
        with pytest.raises(Busy) as caught:
            wait()
        assert isinstance(caught.value.__cause__, OperationalError)
    assert time.monotonic() - started < 2


def test_the_roles_limits(within):
    @transactional
    def limits(session: Session) -> list[str]:
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        return [session.scalar(text(f"SHOW {name}")) for name in names]

    assert limits() == ["5s", "2s", "10s"]
    with reading() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "5s"
