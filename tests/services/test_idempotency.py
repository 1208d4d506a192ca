"""A key makes a retry harmless: one effect, one answer, whoever asks again and when."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.conftest import DAY, colleague, make_clinic
from webapp.core.database import engines
from webapp.core.errors import IdempotencyMismatch, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.rules.idempotency import fingerprint
from webapp.services import claim
from webapp.services.appointments import cancel, confirm
from webapp.services.booking import Key, book_at, hold

pytestmark = pytest.mark.idempotency

ASKED = {"actor": "api", "source": "API"}


def key(value: str = "key-1", **payload: object) -> Key:
    return Key(value, fingerprint(payload))


def test_the_same_request_gets_the_same_answer(within, records):
    slot = within.slot()
    first = hold(slot_id=slot, key=key(), **ASKED)
    again = hold(slot_id=slot, key=key(), **ASKED)
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.id, again.expires_at, again.created_at) == (first.id, first.expires_at, first.created_at)
    assert records.live(slot) == [first.id]
    assert records.events(first.id) == ["HELD"]


def test_it_takes_no_second_seat_of_a_group(within, records):
    slot = within.slot(capacity=3)
    ids = {hold(slot_id=slot, key=key(), **ASKED).id for _ in range(3)}
    assert [*ids] == records.live(slot)


def test_another_request_with_the_same_key_is_refused(within, records):
    hold(slot_id=within.slot(), key=key(slot=1), **ASKED)
    other = within.slot(after=30)
    with pytest.raises(IdempotencyMismatch):
        hold(slot_id=other, key=key(slot=2), **ASKED)
    assert records.live(other) == []


def test_another_key_is_another_request(within):
    slot = within.slot()
    hold(slot_id=slot, key=key("one"), **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, key=key("two"), **ASKED)


def test_a_refusal_is_not_remembered(within):
    slot = within.slot()
    first = hold(slot_id=slot, **ASKED)
    with pytest.raises(SlotTaken):
        hold(slot_id=slot, key=key(), **ASKED)
    cancel(appointment_id=first.id, actor="olga")
    assert not hold(slot_id=slot, key=key(), **ASKED).replayed


def test_each_clinic_has_its_own_keys(within, other_clinic):
    first = hold(slot_id=within.slot(), key=key(), **ASKED)
    with tenant_scope(other_clinic.id):
        theirs = hold(slot_id=other_clinic.slot(), key=key(), **ASKED)
    assert not theirs.replayed
    assert theirs.id != first.id


def test_the_answer_tells_what_became_of_it(within):
    held = hold(slot_id=within.slot(), key=key(), **ASKED)
    confirm(appointment_id=held.id, actor="pat")
    assert hold(slot_id=within.slot(after=30), key=key(), **ASKED).status == "CONFIRMED"
    cancel(appointment_id=held.id, actor="pat")
    assert hold(slot_id=within.slot(after=60), key=key(), **ASKED).status == "CANCELLED"


def test_an_overdue_hold_is_told_as_what_it_is(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, key=key(), **ASKED)
    records.run_out(held.id)
    again = hold(slot_id=slot, key=key(), **ASKED)
    assert (again.id, again.status) == (held.id, "EXPIRED")


def test_the_chair_knows_its_keys_too(app, records):
    clinic = make_clinic("ledger")
    records.rows("UPDATE specialists SET is_active = false WHERE tenant_id = :tenant", tenant=clinic.id)
    with tenant_scope(clinic.id):
        first = book_at(start=DAY, end=None, key=key(start=1), **ASKED)
        again = book_at(start=DAY, end=None, key=key(start=1), **ASKED)
        assert (again.id, again.replayed) == (first.id, True)
        with pytest.raises(IdempotencyMismatch):
            book_at(start=DAY, end=None, key=key(start=2), **ASKED)


class InFlight:
    """Somebody else's claim, not committed yet."""

    def __init__(self, tenant_id: str) -> None:
        self.tenant_id = tenant_id
        self.connection = engines.writer.connect()
        self.transaction = self.connection.begin()

    def claim(self, **given: Any) -> claim.Booking:
        with tenant_scope(self.tenant_id):
            return claim.run(self.connection, claim.parameters(status="HOLD", **ASKED, **given))

    def end(self, *, commit: bool) -> None:
        (self.transaction.commit if commit else self.transaction.rollback)()
        self.connection.close()


def asked_meanwhile(pool: ThreadPoolExecutor, tenant_id: str, ask: Callable[[], Any]) -> Future[Any]:
    def run() -> Any:
        with tenant_scope(tenant_id):
            return ask()

    return pool.submit(run)


@pytest.fixture
def pool():
    with ThreadPoolExecutor(4) as pool:
        yield pool


def params_of(asked: Key, slot) -> dict[str, Any]:
    return {"slot": slot, "key": asked.value, "fingerprint": asked.fingerprint}


@pytest.mark.concurrency
def test_who_waited_for_the_same_key_gets_the_winners_answer(within, records, pool):
    slot = within.slot()
    winner = InFlight(within.id)
    won = winner.claim(**params_of(key(), slot))
    waiting = asked_meanwhile(pool, within.id, lambda: hold(slot_id=slot, key=key(), **ASKED))
    records.wait_for_lock()
    winner.end(commit=True)
    answer = waiting.result(10)
    assert (answer.id, answer.replayed) == (won.id, True)
    assert records.live(slot) == [won.id]


@pytest.mark.concurrency
def test_who_waited_with_another_request_is_told_so(within, records, pool):
    """The two ask for different slots, so that they meet at the key and not at the slot."""
    first, second = within.slot(), within.slot(after=30)
    winner = InFlight(within.id)
    winner.claim(**params_of(key(slot=1), first))
    waiting = asked_meanwhile(pool, within.id, lambda: hold(slot_id=second, key=key(slot=2), **ASKED))
    records.wait_for_lock()
    winner.end(commit=True)
    with pytest.raises(IdempotencyMismatch):
        waiting.result(10)
    assert records.live(second) == []


@pytest.mark.concurrency
def test_when_the_first_fails_the_second_has_its_turn(within, records, pool):
    slot = within.slot()
    winner = InFlight(within.id)
    winner.claim(**params_of(key(), slot))
    waiting = asked_meanwhile(pool, within.id, lambda: hold(slot_id=slot, key=key(), **ASKED))
    records.wait_for_lock()
    winner.end(commit=False)
    answer = waiting.result(10)
    assert not answer.replayed
    assert records.live(slot) == [answer.id]


@pytest.mark.concurrency
@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "READ COMMITTED"])
def test_the_winner_may_commit_between_the_look_for_the_key_and_the_look_at_the_slot(
    within, records, superuser, pool, isolation
):
    """What was sold to this very key meanwhile must not read as sold to somebody else.

    The table of slots is shut for a moment: the look for the key has been taken, the look at the slot has to wait.
    """
    slot, warm_up = within.slot(), within.slot(after=30)
    mine = engines.writer.connect().execution_options(isolation_level=isolation)
    claim.run(mine, claim.parameters(status="HOLD", slot=warm_up, **ASKED))  # the function's plans are made
    mine.commit()
    with superuser.connect() as winner, winner.begin():
        winner.execute(text("LOCK TABLE time_slots IN ACCESS EXCLUSIVE MODE"))
        asked = claim.parameters(status="HOLD", **params_of(key(), slot), **ASKED)
        waiting = asked_meanwhile(pool, within.id, lambda: claim.run(mine, asked))
        records.wait_for_lock()
        won = claim.run(winner, claim.parameters(status="HOLD", **params_of(key(), slot), **ASKED))
    answer = None
    with suppress(OperationalError):  # at REPEATABLE READ the waiter fails with 40001, and the door tries again
        answer = waiting.result(10)
    mine.rollback()
    mine.close()
    if isolation == "REPEATABLE READ":
        answer = hold(slot_id=slot, key=key(), **ASKED)
    assert (answer.id, answer.replayed) == (won.id, True)


@pytest.mark.concurrency
def test_many_at_once_have_one_effect(within, records, pool):
    ruth = colleague(within)
    slots = [within.slot(), ruth.slot(), within.slot(after=30), ruth.slot(after=30)]
    asking = [asked_meanwhile(pool, within.id, lambda s=s: hold(slot_id=s, key=key(), **ASKED)) for s in slots * 4]
    ids = {one.result(10).id for one in asking}
    assert len(ids) == 1
    assert [one for slot in slots for one in records.live(slot)] == [*ids]
