"""The waiting list: one person at a time, for a while, then the next."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.conftest import colleague, sound
from webapp.core.errors import Conflict, HoldExpired, InvalidInput, NotFound, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.jobs.upkeep import tend_waitlist
from webapp.queries.waitlist import find_waiting, matching_times, waiting_list
from webapp.rules.waitlist import Reach
from webapp.services.appointments import cancel
from webapp.services.booking import book
from webapp.services.patients import add_patient
from webapp.services.specialists import add_type
from webapp.services.waitlist import (
    accept_offer,
    add_entry,
    cancel_entry,
    decline_offer,
    expire_offers,
    make_offer,
    offer_next,
)

pytestmark = pytest.mark.usefixtures("no_quiet_hours")
ASKED = {"actor": "desk:olga", "source": "DESK"}
BY = {"actor": "user:olga"}
MAIL = Reach(mail=True, sms=False)


@pytest.fixture
def no_quiet_hours(clinic, records):
    """These tests run at any time of day."""
    records.rows("UPDATE tenants SET quiet_from = '00:00', quiet_until = '00:00' WHERE id = :t", t=clinic.id)


def wait(clinic, *, name=None, **more):
    patient = add_patient(full_name=name, email=f"{name.split()[0].lower()}@mail.example") if name else clinic.pat
    wish = {"first_day": soon(days=0).date(), "last_day": soon(days=7).date(), "type_id": clinic.type_id} | more
    return add_entry(patient_id=patient, **wish)


def status(records, entry):
    return records.one("SELECT status FROM waitlist_entries WHERE id = :id", id=entry).status


def test_an_offer_holds_the_time_for_one(within, records):
    slot, entry = within.slot(soon()), wait(within)
    offer = make_offer(entry_id=entry, slot_id=slot, **BY)
    row = records.appointment(offer.appointment_id)
    assert (row.status, row.source, row.patient_id) == ("HOLD", "WAITLIST", within.pat)
    assert row.expires_at == offer.expires_at
    with pytest.raises(SlotTaken):
        book(slot_id=slot, **ASKED)
    assert status(records, entry) == "OFFERED"
    (shown,) = waiting_list()
    assert (shown.status, shown.offer_id, shown.offer_until) == ("OFFERED", offer.id, offer.expires_at)
    assert sound()


def test_accepted_it_is_booked(within, records):
    entry = wait(within)
    offer = make_offer(entry_id=entry, slot_id=within.slot(soon()), **BY)
    for _ in range(2):
        assert accept_offer(offer_id=offer.id, **BY) == offer.appointment_id
    assert records.appointment(offer.appointment_id).status == "CONFIRMED"
    assert records.events(offer.appointment_id) == ["HELD", "CONFIRMED"]
    assert (status(records, entry), waiting_list()) == ("BOOKED", [])
    with pytest.raises(Conflict, match="has a time already"):
        decline_offer(offer_id=offer.id, **BY)
    assert sound()


def test_declined_it_goes_to_the_next_and_not_back(within, records):
    slot, first, second = within.slot(soon()), wait(within), wait(within, name="Anna")
    offer = make_offer(entry_id=first, slot_id=slot, **BY)
    assert decline_offer(offer_id=offer.id, **BY) == slot
    following = offer_next(slot_id=slot, **BY)
    assert following.entry_id == second
    decline_offer(offer_id=following.id, **BY)
    assert offer_next(slot_id=slot, **BY) is None
    assert records.slot(slot).status == "AVAILABLE"
    assert {status(records, first), status(records, second)} == {"WAITING"}
    assert sound()


def test_an_offer_that_ran_out_goes_to_the_next(within, records):
    slot, first, second = within.slot(soon()), wait(within), wait(within, name="Anna")
    offer = make_offer(entry_id=first, slot_id=slot, **BY)
    records.run_out(offer.appointment_id)
    assert [one.status for one in waiting_list()] == ["WAITING", "WAITING"]
    with pytest.raises(HoldExpired):
        accept_offer(offer_id=offer.id, **BY)
    tend_waitlist(MAIL)
    assert (status(records, first), status(records, second)) == ("WAITING", "OFFERED")
    assert records.events(offer.appointment_id) == ["HELD", "EXPIRED"]
    assert sound()


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_time_given_up_is_offered_if_the_clinic_wants_that(within, records, by_itself):
    records.rows("UPDATE tenants SET offers_by_itself = :on WHERE id = :t", on=by_itself, t=within.id)
    slot = within.slot(soon())
    made = book(slot_id=slot, **ASKED)
    entry = wait(within)
    tend_waitlist(MAIL)
    assert status(records, entry) == "WAITING"
    cancel(appointment_id=made.id, actor="pat")
    tend_waitlist(MAIL)
    assert status(records, entry) == ("OFFERED" if by_itself else "WAITING")


def test_who_waits_longest_and_for_such_a_time(within, records):
    other = colleague(within)
    not_offered = add_type(name="Elsewhere", minutes=30)
    wait(within, name="Later", first_day=soon(days=5).date())
    wait(within, name="Over", first_day=soon(days=0).date(), last_day=soon(days=0).date())
    wait(within, name="Afternoons", parts=["afternoon"])
    wait(within, name="The other one", specialist_ids=[other.specialist_id])
    wait(within, name="Another visit", type_id=not_offered)
    right = wait(within, name="Right", specialist_ids=[within.specialist_id], parts=["morning"])
    wait(within, name="Too late")
    assert offer_next(slot_id=within.slot(soon()), **BY).entry_id == right


def test_who_is_elsewhere_is_passed_over(within):
    other = colleague(within)
    book(slot_id=other.slot(soon()), patient_id=within.pat, **ASKED)
    wait(within)
    second = wait(within, name="Anna")
    assert offer_next(slot_id=within.slot(soon()), **BY).entry_id == second
    assert sound()


def test_one_offer_at_a_time(within):
    entry = wait(within)
    make_offer(entry_id=entry, slot_id=within.slot(soon()), **BY)
    with pytest.raises(Conflict, match="already offered"):
        make_offer(entry_id=entry, slot_id=within.slot(soon(), after=60), **BY)


def test_a_time_that_is_taken_is_not_offered(within, records):
    slot, entry = within.slot(soon()), wait(within)
    book(slot_id=slot, **ASKED)
    with pytest.raises(SlotTaken):
        make_offer(entry_id=entry, slot_id=slot, **BY)
    assert status(records, entry) == "WAITING"
    assert offer_next(slot_id=slot, **BY) is None


def test_taken_off_the_list_the_time_is_free(within, records):
    slot, entry = within.slot(soon()), wait(within)
    make_offer(entry_id=entry, slot_id=slot, **BY)
    for _ in range(2):
        cancel_entry(entry_id=entry, **BY)
    assert records.slot(slot).status == "AVAILABLE"
    assert waiting_list() == []
    assert expire_offers() == []
    assert sound()


def test_free_times_that_suit(within):
    other = colleague(within)
    morning, noon = within.slot(soon()), within.slot(soon(hour=13))
    theirs, far = other.slot(soon()), within.slot(soon(days=20))
    entry = find_waiting(wait(within))
    found = {time.slot_id for time in matching_times(entry, zone="UTC", not_before=soon(days=0, hour=0))}
    assert found == {morning, noon, theirs}
    assert far not in found
    picky = find_waiting(wait(within, name="P", specialist_ids=[within.specialist_id], parts=["afternoon", "evening"]))
    assert [t.slot_id for t in matching_times(picky, zone="UTC", not_before=soon(days=0, hour=0))] == [noon]


def test_bad_input(within, other_clinic):
    with pytest.raises(InvalidInput, match="last day"):
        wait(within, first_day=soon(days=9).date())
    for parts in ([], ["night"]):
        with pytest.raises(InvalidInput, match="part of the day"):
            wait(within, parts=parts)
    with pytest.raises(NotFound):
        add_entry(patient_id=other_clinic.pat, type_id=within.type_id, first_day=soon().date(), last_day=soon().date())
    for step in (accept_offer, decline_offer):
        with pytest.raises(NotFound):
            step(offer_id=uuid4(), **BY)
    assert offer_next(slot_id=uuid4(), **BY) is None


@pytest.mark.concurrency
def test_eight_offer_one_time(within, records):
    slot = within.slot(soon())
    entries = [wait(within, name=f"Patient {n}") for n in range(8)]
    at_once = Barrier(8)

    def one(entry):
        with tenant_scope(within.id):
            at_once.wait()
            try:
                return make_offer(entry_id=entry, slot_id=slot, **BY)
            except SlotTaken:
                return None

    with ThreadPoolExecutor(8) as pool:
        made = [offer for offer in pool.map(one, entries) if offer]
    assert len(made) == 1
    assert records.live(slot) == [made[0].appointment_id]
    assert sound()


def test_who_waits_for_the_very_same_waits_once(within, records):
    entry = wait(within)
    assert wait(within) == entry
    assert wait(within, parts=["morning"]) != entry
    cancel_entry(entry_id=entry, **BY)
    assert wait(within) != entry
    assert records.count("waitlist_entries", within) == 3
