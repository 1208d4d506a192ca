"""Times that came free find whoever waits for them: each way, each once, and not at night."""

from datetime import timedelta

import pytest

from tests.blueprints.conftest import soon
from tests.services.test_waitlist import BY, MAIL, status, wait
from webapp.core.timezones import utc_now
from webapp.jobs.upkeep import tend_waitlist
from webapp.queries.outbox import clinics_waiting
from webapp.services.appointments import cancel, release
from webapp.services.blocks import block_time, unblock_time
from webapp.services.booking import book, hold, reschedule
from webapp.services.freed_times import freed_slots, remember_look
from webapp.services.patients import add_patient
from webapp.services.waitlist import cancel_entry, decline_offer, end_entries, make_offer

ASKED = {"actor": "desk:olga", "source": "DESK"}


@pytest.fixture(autouse=True)
def no_quiet_hours(clinic, records):
    records.rows("UPDATE tenants SET quiet_from = '00:00', quiet_until = '00:00' WHERE id = :t", t=clinic.id)


def set_clinic(records, clinic, **columns):
    pairs = ", ".join(f"{name} = :{name}" for name in columns)
    records.rows(f"UPDATE tenants SET {pairs} WHERE id = :t", t=clinic.id, **columns)


def long_ago(records, clinic):
    """Let all that happened be over for hours, and looked through."""
    for table in ("appointment_events", "time_slots", "desk_events"):
        earlier = f"UPDATE {table} SET created_at = created_at - interval '2 hours' WHERE tenant_id = :t"
        records.rows(earlier, t=clinic.id)
    remember_look(looked_at=utc_now())


def test_what_is_just_free_is_not_offered(within, records):
    within.slot(soon())
    long_ago(records, within)
    entry = wait(within)
    tend_waitlist(MAIL)
    assert status(records, entry) == "WAITING"


@pytest.mark.parametrize("way", ["cancelled", "given back", "run out", "moved", "opened", "made"])
def test_each_way_to_come_free(within, records, way):
    slot = within.slot(soon()) if way != "made" else None
    other = within.slot(soon(days=20))
    taken = None
    if way in ("cancelled", "moved"):
        taken = book(slot_id=slot, **ASKED)
    elif way in ("given back", "run out"):
        taken = hold(slot_id=slot, **ASKED)
    elif way == "opened":
        span = {"start": soon(), "end": soon() + timedelta(minutes=30)}
        taken = block_time(specialist_id=within.specialist_id, reason="Training", actor="desk:olga", **span)
    entry = wait(within)
    long_ago(records, within)
    tend_waitlist(MAIL)
    assert status(records, entry) == "WAITING"
    match way:
        case "cancelled":
            cancel(appointment_id=taken.id, actor="desk:olga")
        case "given back":
            release(appointment_id=taken.id, actor="desk:olga")
        case "run out":
            records.run_out(taken.id)
        case "moved":
            reschedule(appointment_id=taken.id, slot_id=other, version=taken.version, **ASKED)
        case "opened":
            unblock_time(closure_id=taken.closure_id, actor="desk:olga")
        case "made":
            within.slot(soon())
    tend_waitlist(MAIL)
    assert status(records, entry) == "OFFERED"


def test_all_of_a_long_visit_comes_free(within, records):
    first, second = within.slot(soon()), within.slot(soon(), after=30)
    taken = book(slot_id=first, minutes=60, **ASKED)
    long_ago(records, within)
    cancel(appointment_id=taken.id, actor="desk:olga")
    assert freed_slots().slot_ids == [first, second]


def test_a_declined_time_goes_on_to_the_next(within, records):
    slot, first, second = within.slot(soon()), wait(within), wait(within, name="Anna")
    offer = make_offer(entry_id=first, slot_id=slot, **BY)
    long_ago(records, within)
    decline_offer(offer_id=offer.id, actor="patient")
    tend_waitlist(MAIL)
    tend_waitlist(MAIL)
    assert (status(records, first), status(records, second)) == ("WAITING", "OFFERED")


def test_without_offers_by_itself_only_what_was_offered_goes_on(within, records):
    set_clinic(records, within, offers_by_itself=False)
    slot, first, second = within.slot(soon()), wait(within), wait(within, name="Anna")
    offer = make_offer(entry_id=first, slot_id=slot, **BY)
    long_ago(records, within)
    taken = book(slot_id=within.slot(soon(), after=60), **ASKED)
    cancel(appointment_id=taken.id, actor="desk:olga")
    assert freed_slots().slot_ids == []
    cancel_entry(entry_id=first, actor="patient")
    assert records.appointment(offer.appointment_id).status == "CANCELLED"
    tend_waitlist(MAIL)
    assert status(records, second) == "OFFERED"


def test_at_night_it_waits_for_the_morning_unless_the_visit_is_before(within, records):
    now = utc_now()
    night = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    set_clinic(records, within, **night)
    later = within.slot(soon(days=2))
    remember_look(looked_at=utc_now() - timedelta(minutes=5))
    before = freed_slots()
    assert (before.slot_ids, before.looked_at) == ([], None)  # not to be remembered: it is found again
    entry = wait(within)
    tend_waitlist(MAIL)
    assert status(records, entry) == "WAITING"
    near = within.slot((now + timedelta(minutes=40)).replace(second=0, microsecond=0))
    assert freed_slots().slot_ids == [near]
    set_clinic(records, within, quiet_from="00:00", quiet_until="00:00")
    assert set(freed_slots().slot_ids) == {near, later}


def test_who_cannot_be_told_is_passed_over(within, records):
    silent = wait(within)
    records.rows("UPDATE patients SET email = NULL WHERE id = :id", id=within.pat)
    told = wait(within, name="Anna")
    within.slot(soon())
    tend_waitlist(MAIL)
    assert (status(records, silent), status(records, told)) == ("WAITING", "OFFERED")


def test_an_offer_ends_with_the_notice_before_the_visit(within, records):
    set_clinic(records, within, notice_minutes=60)
    start = (utc_now() + timedelta(minutes=80)).replace(second=0, microsecond=0)
    entry = wait(within, last_day=(start + timedelta(days=1)).date())
    within.slot(start)
    tend_waitlist(MAIL)
    row = records.one("SELECT * FROM waitlist_offers WHERE entry_id = :id", id=entry)
    held = records.appointment(row.appointment_id)
    assert timedelta(minutes=0) <= start - held.expires_at - timedelta(minutes=60) < timedelta(seconds=30)


def test_a_weekday_that_does_not_suit(within, records):
    start = soon(days=2)
    entry = wait(within, weekdays=[(start.weekday() + 1) % 7])
    right = wait(within, name="Anna", weekdays=[start.weekday()])
    within.slot(start)
    tend_waitlist(MAIL)
    assert (status(records, entry), status(records, right)) == ("WAITING", "OFFERED")


def test_a_wish_ends_after_its_last_day(within, records):
    over = wait(within, first_day=soon(days=-3).date(), last_day=soon(days=-1).date())
    today = wait(within, name="Anna", last_day=soon(days=0).date())
    assert end_entries() == 1
    assert (status(records, over), status(records, today)) == ("ENDED", "WAITING")


def test_a_look_is_remembered_and_not_every_time(within, records):
    wait(within)
    tend_waitlist(MAIL)
    asked = "SELECT looked_at FROM waitlist_looks WHERE tenant_id = :t"
    first = records.one(asked, t=within.id)
    tend_waitlist(MAIL)
    assert records.one(asked, t=within.id) == first
    earlier = "UPDATE waitlist_looks SET looked_at = looked_at - interval '1 minute' WHERE tenant_id = :t"
    records.rows(earlier, t=within.id)
    tend_waitlist(MAIL)
    assert records.one(asked, t=within.id) > first


def test_only_clinics_where_somebody_waits_are_looked_at(within, other_clinic):
    entry = wait(within)
    assert within.id in clinics_waiting()
    assert other_clinic.id not in clinics_waiting()
    cancel_entry(entry_id=entry, actor="test")
    add_patient(full_name="Nobody waits")
    assert within.id not in clinics_waiting()
