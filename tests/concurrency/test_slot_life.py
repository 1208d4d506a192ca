"""The life of two slots, step by random step, beside a model of it in plain Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.conftest import BEGUN, PASSWORD, Clinic, Records, make_clinic
from webapp.core.errors import Conflict, DomainError, HoldExpired, PatientBusy, SlotTaken
from webapp.core.tenancy import tenant_scope
from webapp.services import appointments, booking
from webapp.services.patients import add_patient
from webapp.services.signin import add_user
from webapp.services.slots import change_capacity
from webapp.services.sweep import sweep_holds

pytestmark = pytest.mark.concurrency

LIVE = {"HOLD", "CONFIRMED", "ARRIVED", "COMPLETED"}


@dataclass
class Visit:
    """One appointment as it should be; an overdue hold keeps its status until somebody flips it."""

    id: UUID
    slot: int
    patient: int | None
    status: str
    seat: int
    version: int = 1
    extensions: int = 0
    overdue: bool = False
    events: list[str] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return self.status in LIVE and not self.overdue


class SlotLife(RuleBasedStateMachine):
    visits = Bundle("visits")

    def __init__(self, records: Records) -> None:
        super().__init__()
        self.records = records
        self.all: list[Visit] = []

    @initialize(capacity=st.integers(1, 3))
    def open_the_clinic(self, capacity: int) -> None:
        self.clinic: Clinic = replace(make_clinic("life"), day=BEGUN)
        self.scope = tenant_scope(self.clinic.id)
        self.scope.__enter__()
        self.capacities = [capacity, 1]
        self.slots = [self.clinic.slot(capacity=capacity), self.clinic.slot(after=60)]
        self.patients = [add_patient(full_name=f"Patient {n}") for n in range(3)]
        self.olga = add_user(email="o@life.example", full_name="Olga", password=PASSWORD, role="OPERATOR")

    def teardown(self) -> None:
        if hasattr(self, "scope"):
            self.scope.__exit__(None, None, None)

    # What the model expects.

    def standing(self, slot: int, besides: Visit | None = None) -> list[Visit]:
        """On the slot's own seats."""
        return [visit for visit in self.there(slot) if visit.seat and visit is not besides]

    def there(self, slot: int) -> list[Visit]:
        return [visit for visit in self.all if visit.live and visit.slot == slot]

    def refusal(self, slot: int, patient: int | None, besides: Visit | None = None) -> type[DomainError] | None:
        stays = besides is not None and besides.seat == 0 and besides.slot == slot
        if not stays and len(self.standing(slot, besides)) >= self.capacities[slot]:
            return SlotTaken
        if patient is not None and any(v.patient == patient for v in self.there(slot) if v is not besides):
            return PatientBusy
        return None

    def squeeze_refusal(self, slot: int, patient: int | None) -> type[DomainError] | None:
        if any(visit.seat == 0 for visit in self.there(slot)):
            return SlotTaken
        if len(self.standing(slot)) < self.capacities[slot]:
            return Conflict
        return PatientBusy if patient is not None and patient in {v.patient for v in self.there(slot)} else None

    def expect(self, refusal: type[DomainError] | None, step: Callable[[], Any]) -> Any:
        if refusal is None:
            return step()
        with pytest.raises(refusal):
            step()
        return None

    # Steps.

    def take(self, how: Callable[..., booking.Booking], slot: int, patient: int | None) -> Visit | None:
        made = self.expect(
            self.refusal(slot, patient),
            lambda: how(
                slot_id=self.slots[slot],
                patient_id=None if patient is None else self.patients[patient],
                actor="model",
                source="DESK",
            ),
        )
        if made is None:
            return None
        visit = Visit(made.id, slot, patient, made.status, made.seat)
        visit.events.append("HELD" if made.status == "HOLD" else "BOOKED")
        self.all.append(visit)
        return visit

    some_slot = st.sampled_from([0, 0, 0, 1])
    somebody = st.sampled_from([None, None, 0, 1, 2])

    @rule(target=visits, slot=some_slot, patient=somebody)
    def hold(self, slot: int, patient: int | None) -> Visit | None:
        return self.take(booking.hold, slot, patient)

    @rule(target=visits, slot=some_slot, patient=somebody)
    def book(self, slot: int, patient: int | None) -> Visit | None:
        return self.take(booking.book, slot, patient)

    @rule(target=visits, slot=some_slot, patient=somebody, status=st.sampled_from(["HOLD", "CONFIRMED"]))
    def squeeze_in(self, slot: int, patient: int | None, status: str) -> Visit | None:
        made = self.expect(
            self.squeeze_refusal(slot, patient),
            lambda: booking.squeeze_in(
                slot_id=self.slots[slot],
                patient_id=None if patient is None else self.patients[patient],
                reason="urgent",
                user_id=self.olga,
                status=status,
                actor="model",
                source="DESK",
            ),
        )
        if made is None:
            return None
        visit = Visit(made.id, slot, patient, made.status, made.seat, events=["SQUEEZED_IN"])
        assert visit.seat == 0
        self.all.append(visit)
        return visit

    def step(self, visit: Visit | None, status: str, event: str, allowed: set[str], refusal: type[DomainError]) -> None:
        """A step that is done once, and answers the same when it is asked for again."""
        if visit is None:
            return
        name = {"CANCELLED": "cancel", "CONFIRMED": "confirm", "ARRIVED": "arrive", "COMPLETED": "complete"}
        do = getattr(appointments, "release" if event == "RELEASED" else name.get(status, "no_show"))
        again = visit.status == status
        possible = again or (visit.live and visit.status in allowed)
        state = self.expect(None if possible else refusal, lambda: do(appointment_id=visit.id, actor="model"))
        if possible and not again:
            visit.status, visit.version = status, visit.version + 1
            visit.events.append(event)
        if possible:
            assert (state.status, state.version) == (visit.status, visit.version)

    @rule(visit=visits)
    def confirm(self, visit: Visit | None) -> None:
        over = visit is not None and (visit.overdue or visit.status not in LIVE)
        self.step(visit, "CONFIRMED", "CONFIRMED", {"HOLD"}, HoldExpired if over else Conflict)

    @rule(visit=visits)
    def cancel(self, visit: Visit | None) -> None:
        self.step(visit, "CANCELLED", "CANCELLED", {"HOLD", "CONFIRMED", "ARRIVED"}, Conflict)

    @rule(visit=visits)
    def arrive(self, visit: Visit | None) -> None:
        self.step(visit, "ARRIVED", "ARRIVED", {"CONFIRMED"}, Conflict)

    @rule(visit=visits)
    def complete(self, visit: Visit | None) -> None:
        self.step(visit, "COMPLETED", "COMPLETED", {"CONFIRMED", "ARRIVED"}, Conflict)

    @rule(visit=visits)
    def no_show(self, visit: Visit | None) -> None:
        self.step(visit, "NO_SHOW", "NO_SHOW", {"CONFIRMED"}, Conflict)

    @rule(visit=visits)
    def release(self, visit: Visit | None) -> None:
        if visit is not None and visit.overdue:
            appointments.release(appointment_id=visit.id, actor="model")  # it ran out: nothing happens
        else:
            self.step(visit, "CANCELLED", "RELEASED", {"HOLD"}, Conflict)

    @rule(visit=visits)
    def extend(self, visit: Visit | None) -> None:
        if visit is None:
            return
        possible = visit.live and visit.status == "HOLD"
        refusal = None if possible and visit.extensions < 10 else Conflict if possible else HoldExpired
        self.expect(refusal, lambda: appointments.extend(appointment_id=visit.id, actor="model"))
        if refusal is None:
            visit.extensions, visit.version = visit.extensions + 1, visit.version + 1
            visit.events.append("EXTENDED")

    @rule(visit=visits)
    def run_out(self, visit: Visit | None) -> None:
        if visit is not None and visit.live and visit.status == "HOLD":
            self.records.run_out(visit.id)
            visit.overdue = True

    @rule(visit=visits, slot=some_slot)
    def move(self, visit: Visit | None, slot: int) -> None:
        if visit is None:
            return
        movable = visit.live and visit.status != "COMPLETED"
        refusal = self.refusal(slot, visit.patient, visit) if movable else HoldExpired
        moved = self.expect(
            refusal,
            lambda: booking.reschedule(
                appointment_id=visit.id,
                slot_id=self.slots[slot],
                version=visit.version,
                actor="model",
                source="DESK",
            ),
        )
        if moved is not None:
            visit.slot, visit.seat, visit.version = slot, moved.seat, visit.version + 1
            visit.events.append("RESCHEDULED")
            assert (moved.status, moved.version) == (visit.status, visit.version)

    @rule(slot=some_slot, capacity=st.integers(1, 3))
    def change_capacity(self, slot: int, capacity: int) -> None:
        too_small = any(visit.seat > capacity for visit in self.standing(slot))
        refusal = Conflict if too_small else None
        self.expect(refusal, lambda: change_capacity(slot_id=self.slots[slot], capacity=capacity))
        if not too_small:
            self.capacities[slot] = capacity

    @rule()
    def sweep(self) -> None:
        sweep_holds()
        statuses = {row.status for row in self.rows() if self.visit(row.id).overdue}
        assert statuses <= {"EXPIRED"}

    # What must hold after each step.

    def rows(self) -> list[Any]:
        return self.records.rows("SELECT * FROM appointments WHERE tenant_id = :t", t=self.clinic.id)

    def visit(self, appointment_id: UUID) -> Visit:
        return next(visit for visit in self.all if visit.id == appointment_id)

    @invariant()
    def the_book_agrees_with_the_model(self) -> None:
        if not self.all:
            return
        rows = {row.id: row for row in self.rows()}
        assert rows.keys() == {visit.id for visit in self.all}
        for visit in self.all:
            row = rows[visit.id]
            if visit.overdue:
                assert row.status in ("HOLD", "EXPIRED")
            else:
                assert (row.status, row.seat, row.version) == (visit.status, visit.seat, visit.version)
                assert (row.time_slot_id, row.slot_capacity) == (self.slots[visit.slot], self.capacities[visit.slot])

    @invariant()
    def no_seat_is_taken_twice(self) -> None:
        for slot in (0, 1) if self.all else ():
            seats = [visit.seat for visit in self.there(slot)]
            assert len(set(seats)) == len(seats)
            assert len(self.standing(slot)) <= self.capacities[slot]

    @invariant()
    def a_slot_says_what_stands_on_it(self) -> None:
        if not self.all:
            return
        rows = {row.id: row for row in self.rows()}
        for slot in (0, 1):
            there = self.standing(slot)
            told = self.records.one(
                """SELECT *, status = 'AVAILABLE' OR status = 'HOLD' AND held_until <= clock_timestamp() AS open
                   FROM time_slots WHERE id = :id""",
                id=self.slots[slot],
            )
            assert told.open == (len(there) < self.capacities[slot])
            if told.open and told.status == "HOLD":  # the hold is over, and nobody tidied the slot up
                assert any(visit.overdue and visit.slot == slot for visit in self.all)
                continue
            ends = [rows[visit.id].expires_at for visit in there if visit.status == "HOLD"]
            expected = "AVAILABLE" if len(there) < self.capacities[slot] else "HOLD" if ends else "BOOKED"
            assert (told.status, told.held_until) == (expected, min(ends) if expected == "HOLD" else None)

    @invariant()
    def each_step_is_told_once(self) -> None:
        told: dict[UUID, list[str]] = {}
        for row in self.records.rows(
            "SELECT appointment_id, event_type FROM appointment_events WHERE tenant_id = :t ORDER BY created_at, id",
            t=self.clinic.id if self.all else "",
        ):
            told.setdefault(row.appointment_id, []).append(row.event_type)
        for visit in self.all:
            assert told[visit.id] in (visit.events, [*visit.events, "EXPIRED"] if visit.overdue else visit.events)


def live(records: Records, *, examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    run_state_machine_as_test(
        lambda: SlotLife(records),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            phases=phases,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_the_life_of_a_slot(app, records):
    # Shrinking a failure takes minutes: 25 steps can be read as they are, the long form shrinks.
    live(records, examples=40, steps=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@pytest.mark.chaos
def test_a_thousand_lives(app, records):
    live(records, examples=1000, steps=50)
