"""Several visits in one transaction: half hours from nine o'clock on DAY."""

from datetime import timedelta

import pytest

from tests.conftest import colleague
from webapp.core.errors import (
    Conflict,
    HoldExpired,
    IdempotencyMismatch,
    InvalidInput,
    NotFound,
    SlotTaken,
    StaleVersion,
)
from webapp.core.timezones import utc_now
from webapp.rules.people import NewPatient
from webapp.rules.questions import Said
from webapp.services.appointments import cancel, release
from webapp.services.booking import Key, book
from webapp.services.parties import (
    Person,
    Visitor,
    book_party,
    extend_party,
    hold_party,
    release_party,
)
from webapp.services.party_changes import cancel_party
from webapp.services.party_rows import Seat
from webapp.services.patient_holds import keep_answers
from webapp.services.specialists import add_type

KEY = Key("page:k", "asked")
VISITOR = Visitor("browser", "address")


@pytest.fixture
def soon():
    return (utc_now() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def halves(within, soon):
    return [within.slot(soon, after=30 * number) for number in range(4)]


def seats(within, slots):
    return [Seat(slot, within.type_id) for slot in slots]


def hold(within, slots, key=KEY, visitor=VISITOR):
    return hold_party(seats=seats(within, slots), visitor=visitor, key=key)


def named(*names, **more):
    people = [NewPatient(full_name=name, email="family@mail.example", locale="en", **more) for name in names]
    return [Person(one, Said()) for one in people]


def book_all(party, *names):
    book_party(party_id=party.id, people=named(*names), actor="patient")


def statuses(records, party):
    return [records.appointment(one).status for one in party.visits]


def versions(records, party):
    return sum(records.appointment(one).version for one in party.visits)


def told(records, party):
    """What was written to the patients of a party, by visit."""
    statement = "SELECT kind FROM messages WHERE appointment_id = :id ORDER BY created_at"
    return [[row.kind for row in records.rows(statement, id=one)] for one in party.visits]


class TestHolding:
    def test_all_are_held(self, within, halves, records):
        party = hold(within, halves[2::-1])
        rows = [records.appointment(one) for one in party.visits]
        assert [row.time_slot_id for row in rows] == halves[:3]
        assert {(row.status, row.party_id, row.source, row.patient_id) for row in rows} == {
            ("HOLD", party.id, "PATIENT", None)
        }
        assert [records.slot(slot).status for slot in halves] == ["HOLD"] * 3 + ["AVAILABLE"]
        assert [records.events(one) for one in party.visits] == [["HELD"]] * 3
        assert party.held

    def test_at_the_same_time_with_two_specialists(self, within, soon, halves, records):
        there = colleague(within).slot(soon)
        party = hold(within, [halves[0], there])
        assert [len(records.live(slot)) for slot in (halves[0], there)] == [1, 1]
        assert len(party.visits) == 2

    def test_seats_of_a_group(self, within, soon, records):
        course = add_type(name="Course", minutes=30, is_group=True, specialist_ids=[within.specialist_id])
        slot = within.slot(soon, capacity=3)
        group = [Seat(slot, course)] * 3
        hold_party(seats=group, visitor=VISITOR, key=KEY)
        assert len(records.live(slot)) == 3
        with pytest.raises(SlotTaken):
            hold_party(seats=group[:2], visitor=VISITOR, key=Key("page:l", "asked"))

    def test_one_that_cannot_be_had_leaves_none(self, within, halves, records):
        book(slot_id=halves[2], actor="another", source="DESK")
        with pytest.raises(SlotTaken):
            hold(within, halves[:3])
        assert [len(records.live(slot)) for slot in halves] == [0, 0, 1, 0]
        assert [records.slot(slot).status for slot in halves[:2]] == ["AVAILABLE"] * 2
        assert records.count("patient_holds", within) == 0

    def test_again_is_the_same_party(self, within, halves, records):
        party = hold(within, halves[:2])
        assert hold(within, halves[:2]) == party
        assert [len(records.live(slot)) for slot in halves] == [1, 1, 0, 0]
        with pytest.raises(IdempotencyMismatch):
            hold(within, halves[:2], key=Key(KEY.value, "something else"))

    def test_again_after_it_ended_says_so(self, within, halves, records):
        party = hold(within, halves[:2])
        records.run_out(party.visits[1])
        assert not hold(within, halves[:2]).held

    def test_what_was_typed_comes_along(self, within, halves, records):
        first = hold(within, halves[:2])
        keep_answers(appointment_id=first.visits[0], answers=[("p1_full_name", "Anna")])
        second = hold(within, halves[2:], Key("page:l", "asked"), Visitor("browser", "address", first.visits[0]))
        kept = "SELECT answers FROM patient_holds WHERE appointment_id = :id"
        assert records.one(kept, id=second.visits[0]).answers == [["p1_full_name", "Anna"]]
        assert records.one(kept, id=first.visits[0]).answers is None

    def test_bad_choices(self, within, halves, other_clinic):
        for wanted in ([], halves[:1], [*halves, halves[0]]):
            with pytest.raises(InvalidInput):
                hold(within, wanted)
        with pytest.raises(NotFound):
            hold(within, [halves[0], other_clinic.slot()])
        with pytest.raises(SlotTaken):
            hold(within, [halves[0], halves[0]])


class TestKeepingAndGivingBack:
    @pytest.fixture
    def party(self, within, halves):
        return hold(within, halves[:2])

    def test_more_time_for_all(self, party, records):
        extend_party(party_id=party.id, actor="patient", hold_seconds=900)
        rows = [records.appointment(one) for one in party.visits]
        assert len({row.expires_at for row in rows}) == 1
        assert [row.extensions for row in rows] == [1, 1]
        assert [records.slot(row.time_slot_id).held_until for row in rows] == [row.expires_at for row in rows]

    def test_not_for_ever(self, party):
        for _time in range(10):
            extend_party(party_id=party.id, actor="patient", hold_seconds=900)
        with pytest.raises(Conflict, match="as often"):
            extend_party(party_id=party.id, actor="patient", hold_seconds=900)

    def test_none_when_one_ran_out(self, party, records):
        records.run_out(party.visits[1])
        before = records.appointment(party.visits[0]).expires_at
        with pytest.raises(HoldExpired):
            extend_party(party_id=party.id, actor="patient", hold_seconds=900)
        assert records.appointment(party.visits[0]).expires_at == before

    def test_given_back(self, party, halves, records):
        for _time in range(2):
            release_party(party_id=party.id, actor="patient")
        assert statuses(records, party) == ["CANCELLED"] * 2
        assert [records.slot(slot).status for slot in halves[:2]] == ["AVAILABLE"] * 2
        assert [records.events(one) for one in party.visits] == [["HELD", "RELEASED"]] * 2

    def test_not_once_booked(self, party, records):
        book_all(party, "Anna", "Ben")
        with pytest.raises(Conflict):
            release_party(party_id=party.id, actor="patient")
        assert statuses(records, party) == ["CONFIRMED"] * 2

    def test_an_unknown_one(self, within, halves):
        with pytest.raises(NotFound):
            release_party(party_id=halves[0], actor="patient")


class TestBooking:
    @pytest.fixture
    def party(self, within, halves):
        return hold(within, halves[:3])

    def test_each_for_one_of_them(self, party, halves, records):
        book_all(party, "Anna", "Ben", "Cleo")
        of = "SELECT p.full_name FROM patients p JOIN appointments a ON a.patient_id = p.id WHERE a.id = :id"
        assert [records.one(of, id=one).full_name for one in party.visits] == ["Anna", "Ben", "Cleo"]
        assert statuses(records, party) == ["CONFIRMED"] * 3
        assert [records.slot(slot).status for slot in halves] == ["BOOKED"] * 3 + ["AVAILABLE"]
        assert told(records, party) == [["CONFIRMATION"]] * 3

    def test_again_for_the_same_people_is_one_booking(self, within, party, records):
        book_all(party, "Anna", "Ben", "Cleo")
        before = records.count("patients", within)
        book_all(party, "Anna", "Ben", "Cleo")
        assert records.count("patients", within) == before
        assert told(records, party) == [["CONFIRMATION"]] * 3
        with pytest.raises(HoldExpired):
            book_all(party, "Anna", "Ben", "Dora")

    def test_all_for_the_only_one(self, within, halves, records):
        other = add_type(name="Vaccination", minutes=30, specialist_ids=[within.specialist_id])
        two = [Seat(halves[0], within.type_id), Seat(halves[1], other)]
        party = hold_party(seats=two, visitor=VISITOR, key=KEY)
        book_all(party, "Anna")
        rows = [records.appointment(one) for one in party.visits]
        assert [row.appointment_type_id for row in rows] == [within.type_id, other]
        assert len({row.patient_id for row in rows}) == 1

    def test_one_that_ran_out_leaves_none(self, within, party, records):
        records.run_out(party.visits[2])
        before = records.count("patients", within)
        with pytest.raises(HoldExpired):
            book_all(party, "Anna", "Ben", "Cleo")
        assert statuses(records, party) == ["HOLD"] * 3
        assert records.count("patients", within) == before

    def test_one_that_was_given_back_leaves_none(self, party, records):
        release(appointment_id=party.visits[1], actor="user:olga")
        with pytest.raises(HoldExpired):
            book_all(party, "Anna", "Ben", "Cleo")
        assert statuses(records, party) == ["HOLD", "CANCELLED", "HOLD"]

    def test_the_cap_counts_all_of_them(self, within, party, records):
        records.rows("UPDATE tenants SET bookings_a_person = 2 WHERE id = :id", id=within.id)
        with pytest.raises(Conflict, match="2 bookings"):
            book_all(party, "Anna", "Ben", "Cleo")
        assert statuses(records, party) == ["HOLD"] * 3

    def test_a_refusal_names_whose_answer_it_is(self, within, party, records):
        records.rows("UPDATE tenants SET required_fields = '{date_of_birth}' WHERE id = :id", id=within.id)
        with pytest.raises(InvalidInput) as refusal:
            book_all(party, "Anna", "Ben", "Cleo")
        assert refusal.value.field == "p1_date_of_birth"
        assert statuses(records, party) == ["HOLD"] * 3

    def test_one_name_for_each(self, party):
        with pytest.raises(InvalidInput):
            book_all(party, "Anna", "Ben")


class TestCancelling:
    @pytest.fixture
    def party(self, within, halves):
        party = hold(within, halves[:3])
        book_all(party, "Anna", "Ben", "Cleo")
        return party

    def cancel(self, records, party, **more):
        asked = {"actor": "patient", "versions": versions(records, party)} | more
        cancel_party(party_id=party.id, **asked)

    def test_all_that_are_to_come(self, party, halves, records):
        cancel(appointment_id=party.visits[1], actor="user:olga")
        self.cancel(records, party, reason="ill")
        assert statuses(records, party) == ["CANCELLED"] * 3
        assert told(records, party) == [["CONFIRMATION", "CANCELLATION"]] * 3
        assert [records.slot(slot).status for slot in halves] == ["AVAILABLE"] * 4
        self.cancel(records, party, versions=1)
        assert told(records, party) == [["CONFIRMATION", "CANCELLATION"]] * 3

    def test_too_late_for_one_is_too_late_for_all(self, within, party, records):
        until = (records.appointment(party.visits[1]).start_time - utc_now()) / timedelta(minutes=1)
        rule = "UPDATE tenants SET cancel_cutoff_minutes = :until WHERE id = :id"
        records.rows(rule, until=int(until), id=within.id)
        with pytest.raises(Conflict, match="ends") as refused:
            self.cancel(records, party)
        assert refused.value.field == "p1_visit"
        assert statuses(records, party) == ["CONFIRMED"] * 3

    def test_after_a_change_at_the_desk_none(self, party, records):
        with pytest.raises(StaleVersion):
            self.cancel(records, party, versions=versions(records, party) - 1)
        assert statuses(records, party) == ["CONFIRMED"] * 3
