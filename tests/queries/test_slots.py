"""Open slots, and one slot with the seats left."""

from datetime import timedelta

from tests.conftest import DAY, colleague
from webapp.queries.slots import open_slots, slot_summary
from webapp.services.booking import book, hold
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "API"}
HALF = timedelta(minutes=30)


def listed(**more) -> list:
    return [row.slot_id for row in open_slots(**{"since": DAY, "until": None, "limit": 100} | more)]


def test_what_is_open_by_start(within):
    slots = [within.slot(after=30 * n) for n in (2, 0, 1)]
    book(slot_id=slots[2], **ASKED)
    assert listed() == [slots[1], slots[0]]


def test_from_when_until_when_and_how_many(within):
    slots = [within.slot(after=30 * n) for n in range(4)]
    assert listed(since=DAY + HALF, until=DAY + 3 * HALF) == slots[1:3]
    assert listed(limit=2) == slots[:2]


def test_page_by_page_nothing_is_missed_or_told_twice(within):
    ruth = colleague(within)
    every = {clinic.slot(after=30 * n) for n in range(5) for clinic in (within, ruth)}
    seen, after = [], None
    while page := open_slots(since=DAY, until=None, limit=3, after=after):
        seen += [row.slot_id for row in page]
        after = (page[-1].start, page[-1].slot_id)
    assert (len(seen), set(seen)) == (10, every)


def test_an_overdue_hold_never_shows_as_taken(within, records):
    slot = within.slot()
    held = hold(slot_id=slot, **ASKED)
    assert (listed(), slot_summary(slot).seats_left, slot_summary(slot).is_open) == ([], 0, False)
    records.run_out(held.id)
    assert (listed(), slot_summary(slot).seats_left, slot_summary(slot).is_open) == ([slot], 1, True)


def test_seats_left_in_a_group(within, records):
    slot = within.slot(capacity=3)
    made = [hold(slot_id=slot, **ASKED) for _ in range(3)]
    assert (slot_summary(slot).capacity, slot_summary(slot).seats_left, listed()) == (3, 0, [])
    records.run_out(made[0].id, made[1].id)
    assert (slot_summary(slot).seats_left, listed()) == (2, [slot])


def test_none_is_left_where_another_visits_buffer_reaches_in(within):
    surgery = add_type(name="Surgery", minutes=30, buffer_after=10, specialist_ids=[within.specialist_id])
    group = within.slot(after=30, capacity=4)
    book(slot_id=within.slot(), type_id=surgery, **ASKED)
    row = slot_summary(group)
    assert (row.is_open, row.seats_left) == (False, 0)


def test_not_of_who_left(within, records):
    within.slot()
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=within.specialist_id)
    assert listed() == []


def test_nor_of_another_clinic(within, other_clinic):
    slot = other_clinic.slot()
    assert (listed(), slot_summary(slot)) == ([], None)
