"""What the latest change was, read from the events alone."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from webapp.rules.undo import Back, way_back

SLOT, TYPE = UUID(int=1), UUID(int=2)
MOVED = {
    "from": "2031-03-03T09:00:00+00:00",
    "from_end": "2031-03-03T09:45:00+00:00",
    "from_slot": str(SLOT),
    "from_type": str(TYPE),
    "to_type": str(TYPE),
}


@dataclass
class Event:
    event_type: str
    detail: dict[str, Any] = field(default_factory=dict)


def told(*kinds: str) -> list[Event]:
    return [Event(kind) for kind in kinds]


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (("BOOKED", "ARRIVED"), "CONFIRMED"),
        (("HELD", "CONFIRMED", "CANCELLED"), "CONFIRMED"),
        (("BOOKED", "RESCHEDULED", "NO_SHOW"), "CONFIRMED"),
        (("BOOKED", "ARRIVED", "NOTED", "COMPLETED"), "ARRIVED"),
        (("BOOKED", "COMPLETED"), "CONFIRMED"),
    ],
)
def test_a_step_leads_back_to_the_status_before_it(kinds, status):
    assert way_back(told(*kinds)) == Back(kinds[-1], status=status)


def test_an_undone_step_counts_for_the_next():
    events = [*told("BOOKED", "ARRIVED"), Event("UNDONE", {"status": "CONFIRMED"}), Event("CANCELLED")]
    assert way_back(events) == Back("CANCELLED", status="CONFIRMED")


@pytest.mark.parametrize("kinds", [(), ("BOOKED",), ("HELD", "RELEASED"), ("HELD", "CANCELLED"), ("BOOKED", "NOTED")])
def test_what_has_no_way_back(kinds):
    assert way_back(told(*kinds)) is None


def test_a_move_leads_back_to_its_place_length_and_type():
    back = way_back([Event("BOOKED"), Event("RESCHEDULED", MOVED)])
    assert back == Back("RESCHEDULED", slot_id=SLOT, type_id=TYPE, minutes=45)


@pytest.mark.parametrize("without", ["from_slot", "from_end", "from_type"])
def test_not_without_knowing_all_of_it(without):
    assert way_back([Event("RESCHEDULED", {k: v for k, v in MOVED.items() if k != without})]) is None


def test_a_priority():
    assert way_back([Event("PRIORITY", {"from": "VIP", "to": "URGENT"})]) == Back("PRIORITY", priority="VIP")
