import os
import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from tests.concurrency.desks import Desk
from tests.conftest import Clinic, Records, make_clinic, running
from webapp.config import Settings


@pytest.fixture
def seed() -> str:
    """Set RACE_SEED to run a race again with the same choices."""
    seed = os.environ.get("RACE_SEED") or secrets.token_hex(4)
    print(f"RACE_SEED={seed}")
    return seed


@pytest.fixture
def chance(seed: str) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def place(app) -> Clinic:
    return make_clinic("race")


@pytest.fixture
def slots(place: Clinic, records: Records) -> Callable[..., list[UUID]]:
    """Make many slots of a quarter of an hour at once."""

    def make(count: int, *, capacity: int = 1, first: int = 0, of: Clinic = place) -> list[UUID]:
        rows = records.rows(
            """INSERT INTO time_slots (tenant_id, specialist_id, start_time, end_time, capacity)
               SELECT :tenant, :specialist, CAST(:day AS timestamptz) + n * interval '15 min',
                      CAST(:day AS timestamptz) + (n + 1) * interval '15 min', :capacity
               FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n RETURNING id""",
            tenant=of.id, specialist=of.specialist_id, day=of.day, capacity=capacity,
            first=first, last=first + count - 1,
        )  # fmt: skip
        return [row.id for row in rows]

    return make


@pytest.fixture
def no_deadlock(cluster, records: Records) -> Iterator[None]:
    """The server's log tells of each deadlock at once; its counters follow some time later."""
    log: Path = cluster.cluster.log_file
    counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    size, before = log.stat().st_size, records.one(counted)[0]
    yield
    with log.open("rb") as file:
        file.seek(size)
        assert b"deadlock detected" not in file.read()
    assert records.one(counted)[0] == before


@pytest.fixture
def two_desks(settings: Settings, patience, tmp_path: Path, place: Clinic, no_deadlock):
    """Open two desks of one clinic at an isolation level, each on a server of its own: two browsers of one process
    would stand in line there, and never come to wait for a row together."""

    @contextmanager
    def at(isolation: str) -> Iterator[tuple[Desk, Desk]]:
        with ExitStack() as stack:

            def desk(name: str) -> Desk:
                log = tmp_path / f"{name}.log"
                server = running(settings.admin_url, log, workers=1, BOOKING_ISOLATION=isolation)
                return stack.enter_context(closing(Desk(stack.enter_context(server), place, name)))

            yield desk("olga"), desk("alice")

    return at
