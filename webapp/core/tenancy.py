"""Whose rows this piece of work may see: set once at the edge, carried into every transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from psycopg import sql
from sqlalchemy import Connection

_tenant: ContextVar[str] = ContextVar("tenant")


class NoTenant(RuntimeError):
    """Work on clinic rows was started without saying whose: a fault of ours, never of the caller's input."""


@contextmanager
def tenant_scope(tenant_id: str) -> Iterator[None]:
    """Everything inside sees the rows of this clinic and no other."""
    token = _tenant.set(tenant_id)
    try:
        yield
    finally:
        _tenant.reset(token)


def current_tenant() -> str:
    try:
        return _tenant.get()
    except LookupError:
        raise NoTenant("open a tenant_scope() before you touch clinic rows") from None


def apply_tenant(connection: Connection) -> None:
    """Tell row-level security; for this transaction only, so that a pooled connection carries nothing over."""
    connection.exec_driver_sql(tenant_statement())


def tenant_statement() -> str:
    """The statement SET LOCAL, not set_config(): only that is passed on to the shards of a distributed database."""
    return f"SET LOCAL app.tenant_id = {sql.quote(current_tenant())}".replace("%", "%%")
