"""The queue itself, unbound until the worker binds it."""

from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy import URL

queue = App(connector=PsycopgConnector(), import_paths=["webapp.jobs.upkeep", "webapp.jobs.delivery"])


def connector(url: URL) -> PsycopgConnector:
    """A connector for the worker: short transactions that must see each other's jobs, so READ COMMITTED."""
    options: dict[str, Any] = {"options": r"-c default_transaction_isolation=read\ committed"}
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PsycopgConnector(conninfo=conninfo, kwargs=options)
