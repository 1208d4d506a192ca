"""Hand-written SQL at the same moment as the API: whoever writes, one time is sold once."""

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from tests.concurrency.crowd import Ask, Crowd
from tests.conftest import DAY, Records
from webapp.core.tenancy import tenant_scope
from webapp.services.tenants import ensure_tenant

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

CLIENTS, WRITERS = 12, 8
INTO_THE_LEDGER = "INSERT INTO bookings (tenant_id, start_time_utc, idempotency_key) VALUES (%s, %s, %s)"
ONTO_THE_SLOT = """
    INSERT INTO appointments (tenant_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time)
    SELECT tenant_id, specialist_id, id, capacity, start_time, end_time FROM time_slots WHERE id = %s
"""


@pytest.fixture
def writers(settings):
    conninfo = settings.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)
    connections = [psycopg.connect(conninfo, autocommit=True) for _ in range(WRITERS)]
    yield connections
    for connection in connections:
        connection.close()


def write(connection: psycopg.Connection, statement: str, params: Sequence[object], at_once: threading.Barrier) -> str:
    """Say "written", or the name of the constraint that refused, or the SQLSTATE of another refusal."""
    at_once.wait()
    try:
        connection.execute(statement, params)
    except psycopg.Error as error:
        return error.diag.constraint_name or error.sqlstate
    return "written"


def race(crowd: Crowd, writers, asks: list[Ask], statement: str, params: list[Sequence[object]]):
    """Let clients and writers go together; what the clients were told, and what became of each statement."""
    at_once = threading.Barrier(len(writers))
    with ThreadPoolExecutor(len(writers)) as pool:
        written = [
            pool.submit(write, writer, statement, row, at_once) for writer, row in zip(writers, params, strict=True)
        ]
        told = crowd.ask(asks)
        return told, Counter(one.result() for one in written)


def test_in_the_ledger(server, records: Records, writers, no_deadlock):
    tenant = f"ledger-{uuid4().hex[:8]}"
    with tenant_scope(tenant):
        ensure_tenant()
    with Crowd(server, tenant, size=CLIENTS) as crowd:
        for number in range(60):
            start = DAY.replace(minute=number)
            body = {"start_time_utc": start.isoformat()}
            asks = [Ask("POST", "/bookings", body, {"X-Idempotency-Key": f"{number}-{n}"}) for n in range(CLIENTS)]
            params = [(tenant, start, f"sql-{number}-{n}") for n in range(WRITERS)]
            told, written = race(crowd, writers, asks, INTO_THE_LEDGER, params)
            sold = sum(one.status == 201 for one in told) + written["written"]
            assert sold == 1
            assert {one.status for one in told} <= {201, 409}
            assert written.keys() <= {"written", "unique_tenant_slot"}
    assert records.one("SELECT count(*) FROM bookings WHERE tenant_id = :t", t=tenant)[0] == 60


def test_on_a_slot(server, place, slots, records: Records, writers, no_deadlock):
    """Hand-written SQL takes no lock on the slot first, only the one its foreign key takes in the end: the door's own
    lock must let that one pass, or the two wait for each other."""
    with Crowd(server, place.id, size=CLIENTS) as crowd:
        for slot in slots(40):
            asks = [Ask("POST", f"/api/slots/{slot}/book", {"patient_name": "Client"})] * CLIENTS
            told, written = race(crowd, writers, asks, ONTO_THE_SLOT, [(slot,)] * WRITERS)
            assert sum(one.status == 201 for one in told) + written["written"] == 1
            assert {one.status for one in told} <= {201, 409}
            assert written.keys() <= {"written", "unique_tenant_slot", "appointments_no_overlap"}
            assert len(records.live(slot)) == 1
