"""Tidying overdue holds away."""

from webapp.core.tenancy import tenant_scope
from webapp.services.appointments import confirm
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type
from webapp.services.sweep import BATCH, sweep_holds

ASKED = {"actor": "patient", "source": "PATIENT"}


def test_overdue_holds_are_flipped_and_their_slots_freed(within, records):
    slots = [within.slot(after=30 * n) for n in range(3)]
    holds = [hold(slot_id=slot, **ASKED).id for slot in slots]
    records.run_out(*holds[:2])
    assert sweep_holds() == 2
    assert [records.appointment(one).status for one in holds] == ["EXPIRED", "EXPIRED", "HOLD"]
    assert [records.slot(slot).status for slot in slots] == ["AVAILABLE", "AVAILABLE", "HOLD"]


def test_each_is_told_once(within, records):
    held = hold(slot_id=within.slot(), **ASKED)
    records.run_out(held.id)
    assert [sweep_holds(), sweep_holds()] == [1, 0]
    assert records.events(held.id) == ["HELD", "EXPIRED"]
    assert records.appointment(held.id).version == 2


def test_nothing_else_is_touched(within, records):
    live = hold(slot_id=within.slot(), **ASKED)
    kept = hold(slot_id=within.slot(after=30), **ASKED)
    confirm(appointment_id=kept.id, actor="pat")
    before = [records.appointment(one) for one in (live.id, kept.id)]
    assert sweep_holds() == 0
    assert [records.appointment(one) for one in (live.id, kept.id)] == before


def test_a_longer_visit_frees_all_its_slots(within, records):
    long = add_type(name="Long", minutes=45, buffer_before=5, specialist_ids=[within.specialist_id])
    slots = [within.slot(minutes=15, after=15 * n) for n in range(5)]
    held = hold(slot_id=slots[1], type_id=long, **ASKED)
    records.run_out(held.id)
    sweep_holds()
    assert {records.slot(slot).status for slot in slots} == {"AVAILABLE"}


def test_a_group_frees_only_the_overdue_seats(within, records):
    slot = within.slot(capacity=3)
    holds = [hold(slot_id=slot, **ASKED).id for _ in range(3)]
    records.run_out(holds[0])
    sweep_holds()
    assert records.live(slot) == holds[1:]
    assert records.slot(slot).status == "AVAILABLE"


def test_only_this_clinics(within, other_clinic, records):
    with tenant_scope(other_clinic.id):
        theirs = hold(slot_id=other_clinic.slot(), **ASKED)
    records.run_out(theirs.id)
    assert sweep_holds() == 0
    assert records.appointment(theirs.id).status == "HOLD"


def test_a_great_many_in_several_goes(within, records):
    slot = within.slot(capacity=BATCH + 50)
    for _ in range(3):
        hold(slot_id=slot, **ASKED)
    records.rows(
        """INSERT INTO appointments (tenant_id, specialist_id, time_slot_id, slot_capacity, start_time, end_time, seat,
                                     status, expires_at)
           SELECT tenant_id, specialist_id, id, capacity, start_time, end_time, n, 'HOLD', now()
           FROM time_slots, generate_series(4, :seats) n WHERE id = :slot""",
        slot=slot, seats=BATCH + 13,
    )  # fmt: skip
    assert [sweep_holds(), sweep_holds(), sweep_holds()] == [BATCH, 10, 0]
    assert len(records.live(slot)) == 3


def test_what_took_the_place_of_an_overdue_hold_stays(within, records):
    slot = within.slot()
    records.run_out(hold(slot_id=slot, **ASKED).id)
    made = book(slot_id=slot, **ASKED)
    assert sweep_holds() == 0
    assert (records.live(slot), records.slot(slot).status) == ([made.id], "BOOKED")
