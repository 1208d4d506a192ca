"""The declarative base, the naming convention, and the two engines: one that writes, one that can only read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Engine, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Session, registry, sessionmaker
from uuid_utils.compat import uuid7

NAMING = {
    "ix": "idx_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: DateTime(timezone=True), str: Text(), UUID: Uuid()},
    )


new_id: Callable[[], UUID] = uuid7  # sortable by time, so new rows go to the end of each index


class _Engines:
    """Filled once by the application factory; services and queries ask here and stay free of Flask."""

    writer: Engine
    reader: Engine
    door: Engine
    sessions: sessionmaker[Session]


engines = _Engines()


def bind(writer: Engine, reader: Engine) -> None:
    """Hand the engines to the layers below the web: called by create_app, the worker and the tests."""
    engines.writer = writer
    engines.reader = reader
    # One statement is the whole transaction of a claim: autocommit spares the BEGIN and COMMIT round trips.
    engines.door = writer.execution_options(isolation_level="AUTOCOMMIT")
    engines.sessions = sessionmaker(writer, expire_on_commit=False)


def engine_options(*, isolation: str, size: int, read_only: bool = False) -> dict[str, Any]:
    """Options for create_engine: short connect and dead-peer times (seconds), isolation for every transaction."""
    settings = [f"-c default_transaction_isolation={isolation.replace(' ', chr(92) + ' ')}"]
    if read_only:
        settings += ["-c default_transaction_read_only=on", "-c plan_cache_mode=force_generic_plan"]
    # A single look is one round trip; a transaction that reads more is begun by hand.
    at_once = {"isolation_level": "AUTOCOMMIT"} if read_only else {}
    return at_once | {
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": 3,
        "pool_use_lifo": True,
        "hide_parameters": True,  # an error must not carry a patient into the log
        "connect_args": {
            "connect_timeout": 3,
            "keepalives_idle": 2,
            "keepalives_interval": 1,
            "keepalives_count": 3,
            "options": " ".join(settings),
            "application_name": "holdfast",
        },
    }
