"""The only commit, rollback and retry of the house."""

import functools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from webapp.core.constraints import translate
from webapp.core.database import engines
from webapp.core.errors import N_, Busy
from webapp.core.tenancy import apply_tenant, current_tenant, tenant_statement

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
SETTLE_FROM = 3  # from this try on at READ COMMITTED, where a waiter waits instead of failing
BUDGET_SECONDS = 3.0
RETRYABLE = {"40001", "40P01"}
#: Waited too long for a lock, a statement or a connection: nothing was done, the caller may come again.
GAVE_UP = {"55P03", "57014", "53300", "57P01", "57P02", "57P03", "25P03", "25006"}

TRY_AGAIN = N_("The appointment book is busy. Nothing was changed; please try again in a moment.")
UNKNOWN = N_("The connection to the appointment book was lost. Look at your appointments before you try again.")


class TryAgain(Exception):
    """What was read before the lock no longer holds after it: run the whole use case again."""


def sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def retrying(attempt: Callable[[bool], R]) -> R:
    """Call ``attempt(settle)`` until it is not refused by a race, at most 5 times in 3 seconds.

    Raises the domain error a violated constraint stands for, or Busy when the database would not answer in time.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    for number in range(1, TRIES + 1):
        try:
            return attempt(number >= SETTLE_FROM)
        except (DBAPIError, TryAgain, PoolTimeout) as error:
            if not _lost_a_race(error):
                raise refusal_for(error) from error
            if number == TRIES or time.monotonic() > deadline:
                raise Busy(TRY_AGAIN) from error
            time.sleep(random.uniform(0, 0.001 * 2**number))  # noqa: S311 - full jitter, not a secret
    raise AssertionError("unreachable")


def _lost_a_race(error: Exception) -> bool:
    return isinstance(error, TryAgain) or (isinstance(error, DBAPIError) and sqlstate(error) in RETRYABLE)


def refusal_for(error: Exception) -> Exception:
    """What to raise for a failure of the database: a refusal where one fits, else the failure itself."""
    if isinstance(error, PoolTimeout):
        return Busy(TRY_AGAIN)
    if not isinstance(error, DBAPIError):
        return error
    if sqlstate(error) in GAVE_UP:
        return Busy(TRY_AGAIN)
    if error.connection_invalidated or (isinstance(error, OperationalError) and not sqlstate(error)):
        return Busy(UNKNOWN, retry_after=2)
    return translate(error) or error


def transactional(use_case: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Run a use case in one transaction of the current clinic and hand it the session; it may run again."""

    @functools.wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        def attempt(settle: bool) -> R:
            with engines.sessions() as session, session.begin():
                _begin(session, settle)
                return use_case(session, *args, **kwargs)

        return retrying(attempt)

    return run


def _begin(session: Session, settle: bool) -> None:
    """The first statement; where the database was away since the connection was last used, nothing is lost with it."""
    options = {"isolation_level": "READ COMMITTED"} if settle else {}
    try:
        apply_tenant(session.connection(execution_options=options))
    except DBAPIError as error:
        if error.connection_invalidated:
            raise TryAgain from error
        raise


class _Snapshot:
    """The one reading transaction of a page, begun when something is first read."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._tenant: str | None = None

    def connection(self) -> Connection:
        if self._connection is None or self._tenant != current_tenant():
            self.close()
            self._connection = self._open.enter_context(_read_transaction())
            self._tenant = current_tenant()
        return self._connection

    def close(self) -> None:
        self._connection = None
        self._open.close()


_snapshot: ContextVar[_Snapshot | None] = ContextVar("snapshot", default=None)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """All reading() inside sees the clinic's book at one moment, in one transaction. For work that only reads."""
    snapshot = _Snapshot()
    token = _snapshot.set(snapshot)
    try:
        yield
    finally:
        _snapshot.reset(token)
        snapshot.close()


@contextmanager
def _read_transaction() -> Iterator[Connection]:
    with engines.reader.connect() as connection:
        # Begun by hand, so that BEGIN and the clinic are one round trip.
        connection.exec_driver_sql(f"BEGIN; {tenant_statement()}")
        yield connection
        # Rolled back, as the pool would do it, the connection would forget every statement that it has prepared.
        with suppress(SQLAlchemyError):  # what was read was read, even if the connection is lost by now
            connection.commit()


@contextmanager
def reading() -> Iterator[Connection]:
    """A read-only transaction of the current clinic, on a role that cannot write; inside one_snapshot(), that one."""
    snapshot = _snapshot.get()
    try:
        if snapshot is None:
            with _read_transaction() as connection:
                yield connection
        else:
            yield snapshot.connection()
    except (DBAPIError, PoolTimeout) as error:
        if snapshot is not None:
            snapshot.close()
        raise refusal_for(error) from error
