"""Where an appointment could stand: what is answered beforehand is what the door then does."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague
from webapp.core.errors import DomainError
from webapp.queries.places import nearest_places, places_of
from webapp.services.blocks import block_time
from webapp.services.booking import book, hold, reschedule
from webapp.services.hours import add_closure
from webapp.services.specialists import add_type

ASKED = {"actor": "test", "source": "DESK"}
MINUTES = timedelta(minutes=1)


@pytest.fixture
def slots(within):
    return [within.slot(after=30 * number) for number in range(6)]


def obstacles(appointment_id, **more):
    places = places_of(appointment_id=appointment_id, day=DAY.date(), zone="UTC", **more)
    return [(place.specialist_name.split()[1], place.obstacle) for place in places]


def test_all_of_the_day_at_everybody_who_offers_it(slots, within):
    ruth = colleague(within)
    ruth.slot()
    other = colleague(within, add_type(name="Other", minutes=30, specialist_ids=[]))
    other.slot()
    made = book(slot_id=slots[0], type_id=within.type_id, **ASKED).id
    assert obstacles(made) == [("Ruth", ""), ("Sam", "here"), *[("Sam", "")] * 5]


def test_each_obstacle_has_its_name(slots, within):
    ruth = colleague(within)
    made = book(slot_id=slots[0], patient_id=within.pat, type_id=within.type_id, **ASKED).id
    book(slot_id=slots[1], new_patient=None, patient_id=None, **ASKED)
    hold(slot_id=slots[2], **ASKED)
    book(slot_id=ruth.slot(after=90), patient_id=within.pat, **ASKED)
    found = {
        p.start: p for p in places_of(appointment_id=made, day=DAY.date(), zone="UTC") if "Sam" in p.specialist_name
    }
    told = [found[DAY + 30 * n * MINUTES].obstacle for n in range(6)]
    assert told == ["here", "taken", "held", "elsewhere", "", ""]
    assert found[DAY + 90 * MINUTES].by == "Dr. Ruth Adler"


@pytest.mark.parametrize("whose", ["specialist", "clinic"])
def test_closed_time_is_not_offered(slots, within, whose):
    made = book(slot_id=slots[0], patient_id=within.pat, type_id=within.type_id, **ASKED).id
    span = {"start": DAY + 60 * MINUTES, "end": DAY + 100 * MINUTES, "reason": "Meeting"}
    if whose == "clinic":
        add_closure(specialist_id=None, **span)
    else:
        block_time(specialist_id=within.specialist_id, actor="test", **span)
    places = {
        place.start: place
        for place in places_of(appointment_id=made, day=DAY.date(), zone="UTC", minutes=45)
        if place.start >= DAY
    }
    told = [places[DAY + 30 * n * MINUTES].obstacle for n in range(5)]
    assert told == ["", "closed", "closed", "closed", ""]
    shut = places[DAY + 60 * MINUTES]
    assert (shut.by, shut.until) == ("Meeting", DAY + 100 * MINUTES)
    near = nearest_places(appointment_id=made, around=DAY + 60 * MINUTES, zone="UTC", today=DAY.date(), not_before=DAY)
    assert not {place.start for place in near} & {DAY + 60 * MINUTES, DAY + 90 * MINUTES}


def test_a_visit_in_closed_time_may_stay_and_leave_it(slots, within):
    made = book(slot_id=slots[2], type_id=within.type_id, **ASKED).id
    block_time(specialist_id=within.specialist_id, start=DAY, end=DAY + 90 * MINUTES, reason="Meeting", actor="test")
    assert [o for _, o in obstacles(made)] == ["closed", "closed", "here", "", "", ""]


def test_a_longer_visit_needs_time_in_one_piece(slots, within):
    made = book(slot_id=slots[0], type_id=within.type_id, **ASKED).id
    book(slot_id=slots[3], **ASKED)
    assert [o for _, o in obstacles(made, minutes=60)] == ["", "", "taken", "taken", "", "short"]


def test_what_it_occupies_itself_is_not_in_its_way(slots, within):
    long = add_type(name="Long", minutes=60, specialist_ids=[within.specialist_id])
    made = book(slot_id=slots[1], type_id=long, **ASKED).id
    assert [o for _, o in obstacles(made)] == ["", "here", "", "", "", "short"]


def test_a_group_has_places_in_groups_only(slots, within):
    kind = add_type(name="Class", minutes=60, specialist_ids=[within.specialist_id], is_group=True)
    one, two, full = (within.slot(after=600 + 60 * n, minutes=60, capacity=2) for n in range(3))
    for _ in range(2):
        book(slot_id=full, **ASKED)
    made = book(slot_id=one, type_id=kind, **ASKED).id
    assert [o for _, o in obstacles(made)] == ["here", "", "full"]
    assert two


def test_the_door_agrees(slots, within):
    """Every answer tried: what is told free can be had, what is told taken cannot."""
    buffered = add_type(
        name="Buffered", minutes=30, specialist_ids=[within.specialist_id], buffer_before=10, buffer_after=10
    )
    made = book(slot_id=slots[0], patient_id=within.pat, type_id=buffered, **ASKED).id
    book(slot_id=slots[3], **ASKED)
    within.slot(after=300)
    block_time(
        specialist_id=within.specialist_id,
        start=DAY + 300 * MINUTES,
        end=DAY + 330 * MINUTES,
        reason="Meeting",
        actor="test",
    )
    version, outcomes = 1, {}
    for place in places_of(appointment_id=made, day=DAY.date(), zone="UTC"):
        fresh = {p.slot_id: p for p in places_of(appointment_id=made, day=DAY.date(), zone="UTC")}[place.slot_id]
        try:
            version = reschedule(
                appointment_id=made, slot_id=place.slot_id, version=version, minutes=30, **ASKED
            ).version
            moved = True
        except DomainError:
            moved = False
        outcomes[place.start] = (fresh.obstacle in ("", "here"), moved)
    assert all(told == done for told, done in outcomes.values()), outcomes
    assert {done for _, done in outcomes.values()} == {True, False}


def test_the_nearest_come_first_and_from_other_days_where_the_day_is_full(slots, within):
    made = book(slot_id=slots[2], type_id=within.type_id, **ASKED).id
    asked = {"appointment_id": made, "around": DAY + 60 * MINUTES, "zone": "UTC", "today": DAY.date()}
    found = nearest_places(**asked, not_before=DAY)
    assert [place.start - DAY for place in found] == [30 * MINUTES, 90 * MINUTES, 0 * MINUTES]
    assert [place.start - DAY for place in nearest_places(**asked, not_before=DAY + 140 * MINUTES)] == [150 * MINUTES]
    later = within.slot(after=2 * 24 * 60)
    found = nearest_places(**asked, not_before=DAY + 140 * MINUTES)
    assert [place.slot_id for place in found] == [slots[5], later]


def test_of_what_does_not_exist_or_has_no_slot(within):
    assert places_of(appointment_id=within.pat, day=DAY.date(), zone="UTC") == []
