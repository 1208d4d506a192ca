"""Chaining events."""

import hashlib
import threading

from webapp.core.tenancy import tenant_scope
from webapp.rules.chain import digest
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.event_chain import seal_events

ASKED = {"actor": "desk:olga", "source": "DESK"}
CHAIN = "SELECT * FROM appointment_event_chain WHERE tenant_id = :tenant ORDER BY position"
EVENTS = "SELECT * FROM appointment_events WHERE tenant_id = :tenant ORDER BY created_at, id"


def test_every_event_gets_one_link_in_order(within, records):
    for number in range(3):
        cancel(appointment_id=book(slot_id=within.slot(after=30 * number), **ASKED).id, actor="pat")
    assert seal_events() == 6
    chain, events = records.rows(CHAIN, tenant=within.id), records.rows(EVENTS, tenant=within.id)
    assert [link.position for link in chain] == [1, 2, 3, 4, 5, 6]
    assert [link.event_id for link in chain] == [event.id for event in events]


def test_each_digest_covers_the_one_before(within, records):
    for number in range(2):
        book(slot_id=within.slot(after=30 * number), **ASKED)
    seal_events()
    first, second = records.rows(CHAIN, tenant=within.id)
    one, two = records.rows(EVENTS, tenant=within.id)
    assert bytes(first.digest) == digest(b"", one)
    assert bytes(second.digest) == digest(bytes(first.digest), two)
    assert len(first.digest) == hashlib.sha256().digest_size


def test_it_goes_on_where_it_ended(within, records):
    made = book(slot_id=within.slot(), **ASKED)
    assert [seal_events(), seal_events()] == [1, 0]
    cancel(appointment_id=made.id, actor="pat")
    assert seal_events() == 1
    assert [link.position for link in records.rows(CHAIN, tenant=within.id)] == [1, 2]


def test_each_clinic_has_its_own(within, other_clinic, records):
    book(slot_id=within.slot(), **ASKED)
    with tenant_scope(other_clinic.id):
        book(slot_id=other_clinic.slot(), **ASKED)
        assert seal_events() == 1
    assert records.rows(CHAIN, tenant=within.id) == []


def test_workers_at_the_same_time_make_one_chain(within, records):
    for number in range(20):
        book(slot_id=within.slot(after=30 * number), **ASKED)
    at_once = threading.Barrier(4)
    sealed = []

    def work() -> None:
        with tenant_scope(within.id):
            at_once.wait()
            sealed.append(seal_events())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) == 20
    assert [link.position for link in records.rows(CHAIN, tenant=within.id)] == list(range(1, 21))
