"""Counters for rate limits in PostgreSQL: they hold over all processes and survive a restart."""

from typing import Any

from limits.storage import Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.core.database import engines

# At READ COMMITTED, where two tries at the same moment both count; one statement, so none is lost.
_COUNT = text("""
    INSERT INTO rate_limits AS r (key, hits, expires_at)
    VALUES (:key, :amount, clock_timestamp() + make_interval(secs => :expiry))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.expires_at <= clock_timestamp() THEN 0 ELSE r.hits END + :amount,
        expires_at = CASE WHEN r.expires_at <= clock_timestamp() THEN excluded.expires_at ELSE r.expires_at END
    RETURNING hits
""")
_HITS = text("SELECT hits FROM rate_limits WHERE key = :key AND expires_at > clock_timestamp()")
_EXPIRY = text("SELECT extract(epoch FROM expires_at)::float FROM rate_limits WHERE key = :key")
_CLEAR = text("DELETE FROM rate_limits WHERE key = :key")
_RESET = text("DELETE FROM rate_limits")
_FORGET = text("DELETE FROM rate_limits WHERE expires_at <= clock_timestamp()")


class PostgresStorage(Storage):
    """A store for the `limits` library; fixed windows. Times in seconds since the epoch."""

    STORAGE_SCHEME = ["holdfast-postgres"]  # noqa: RUF012 - the library's own declaration

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._one(_COUNT, key=key, expiry=expiry, amount=amount))

    def get(self, key: str) -> int:
        return int(self._one(_HITS, key=key) or 0)

    def get_expiry(self, key: str) -> float:
        return float(self._one(_EXPIRY, key=key) or 0)

    def check(self) -> bool:
        return bool(self._one(text("SELECT 1")))

    def reset(self) -> int | None:
        return self._run(_RESET)

    def clear(self, key: str) -> None:
        self._run(_CLEAR, key=key)

    def _one(self, statement: Any, **params: Any) -> Any:
        with _counting() as connection, connection.begin():
            return connection.execute(statement, params).scalar()

    def _run(self, statement: Any, **params: Any) -> int:
        with _counting() as connection, connection.begin():
            return int(connection.execute(statement, params).rowcount)


def _counting() -> Any:
    return engines.writer.connect().execution_options(isolation_level="READ COMMITTED")


def forget_expired() -> int:
    """Remove counters whose window is over; how many."""
    with _counting() as connection, connection.begin():
        return int(connection.execute(_FORGET).rowcount)
