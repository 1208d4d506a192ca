"""50 keys, each sent by 20 clients at the same moment: one effect a key, and one answer for all."""

from collections import Counter
from uuid import uuid4

import pytest

from tests.concurrency.crowd import Ask, Crowd
from webapp.core.tenancy import tenant_scope
from webapp.services.tenants import ensure_tenant

pytestmark = [pytest.mark.race, pytest.mark.concurrency, pytest.mark.idempotency]

CLIENTS, KEYS = 20, 50
BOTH = pytest.mark.parametrize("which", ["server", "settling_server"])


@pytest.fixture
def ledger(app) -> str:
    """A clinic that is nothing but its own chair."""
    name = f"ledger-{uuid4().hex[:8]}"
    with tenant_scope(name):
        ensure_tenant()
    return name


def keyed(key: str, path: str, body: dict[str, str]) -> Ask:
    return Ask("POST", path, body, {"X-Idempotency-Key": key})


@BOTH
def test_the_ledger_books_each_key_once(request, which, ledger, records, no_deadlock):
    ids = set()
    with Crowd(request.getfixturevalue(which), ledger, size=CLIENTS) as crowd:
        for number in range(KEYS):
            body = {"start_time_utc": f"2031-03-{1 + number // 24:02d}T{number % 24:02d}:00:00Z"}
            told = crowd.ask([keyed(f"key-{number}", "/bookings", body)] * CLIENTS)
            assert Counter(one.status for one in told) == {201: 1, 200: CLIENTS - 1}
            assert len({repr(sorted(one.body.items())) for one in told}) == 1
            ids.add(told[0].body["id"])
    rows = records.rows("SELECT id::text, idempotency_key FROM appointments WHERE tenant_id = :t", t=ledger)
    assert {row.id for row in rows} == ids
    assert len(rows) == len(ids) == KEYS
    events = records.rows("SELECT appointment_id FROM appointment_events WHERE tenant_id = :t", t=ledger)
    assert Counter(str(row.appointment_id) for row in events) == dict.fromkeys(ids, 1)


@BOTH
def test_so_does_the_clinic(request, which, place, slots, records, no_deadlock):
    with Crowd(request.getfixturevalue(which), place.id, size=CLIENTS) as crowd:
        for number, slot in enumerate(slots(KEYS)):
            asked = keyed(f"key-{number}", f"/api/slots/{slot}/book", {"patient_name": "Client"})
            told = crowd.ask([asked] * CLIENTS)
            assert Counter(one.status for one in told) == {201: CLIENTS}
            assert [str(one) for one in records.live(slot)] == [*{one.body["id"] for one in told}]
    assert records.count("appointments", place) == records.count("appointment_events", place) == KEYS
    assert records.count("patients", place) == KEYS + 1  # and Pat


@BOTH
def test_one_key_for_two_requests_has_the_effect_of_one(request, which, place, slots, records, no_deadlock):
    """Ten clients ask for one slot and ten for another, all with one key: the winner's twins get its answer."""
    with Crowd(request.getfixturevalue(which), place.id, size=CLIENTS) as crowd:
        pairs = iter(slots(40))
        for number, pair in enumerate(zip(pairs, pairs, strict=True)):
            told = crowd.ask(
                [
                    keyed(f"key-{number}", f"/api/slots/{pair[client % 2]}/book", {"patient_name": "Client"})
                    for client in range(CLIENTS)
                ]
            )
            assert Counter(one.status for one in told) == {201: CLIENTS // 2, 422: CLIENTS // 2}
            winners = {(one.client % 2, one.body["id"]) for one in told if one.status == 201}
            assert len(winners) == 1
            ((side, booking),) = winners
            assert [[str(one) for one in records.live(slot)] for slot in pair] == (
                [[booking], []] if side == 0 else [[], [booking]]
            )


@BOTH
def test_many_keys_for_one_slot_have_one_winner_who_may_ask_again(request, which, place, slots, records, no_deadlock):
    with Crowd(request.getfixturevalue(which), place.id, size=CLIENTS) as crowd:
        for number, slot in enumerate(slots(20)):
            asks = [
                keyed(f"{number}-{client % 5}", f"/api/slots/{slot}/book", {"patient_name": "Client"})
                for client in range(CLIENTS)
            ]
            told = crowd.ask(asks)
            winners = {one.ask.headers["X-Idempotency-Key"] for one in told if one.status == 201}
            assert len(winners) == 1
            assert Counter(one.status for one in told) == {201: CLIENTS // 5, 409: CLIENTS - CLIENTS // 5}
            assert Counter(one.status for one in crowd.ask(asks)) == {201: CLIENTS // 5, 409: CLIENTS - CLIENTS // 5}
            assert len(records.live(slot)) == 1
