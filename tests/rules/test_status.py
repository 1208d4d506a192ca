"""Which status may follow which: the whole table, written out."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from webapp.core.errors import Conflict
from webapp.models import LIVE, AppointmentStatus
from webapp.rules.status import MOVES, REVERSE_MOVES, check_move, check_undo, refusal_now

ALLOWED = {
    ("HOLD", "CONFIRMED"),
    ("HOLD", "CANCELLED"),
    ("HOLD", "EXPIRED"),
    ("CONFIRMED", "ARRIVED"),
    ("CONFIRMED", "COMPLETED"),
    ("CONFIRMED", "CANCELLED"),
    ("CONFIRMED", "NO_SHOW"),
    ("ARRIVED", "COMPLETED"),
    ("ARRIVED", "CANCELLED"),
}
EVERY = list(itertools.product(AppointmentStatus, AppointmentStatus))


@pytest.mark.parametrize(("current", "wanted"), [pair for pair in EVERY if pair in ALLOWED])
def test_a_step_that_may_follow(current, wanted):
    check_move(current, wanted)


@pytest.mark.parametrize(("current", "wanted"), [pair for pair in EVERY if pair not in ALLOWED])
def test_a_step_that_may_not(current, wanted):
    with pytest.raises(Conflict) as caught:
        check_move(current, wanted)
    assert str(caught.value).endswith(".")


def test_every_status_is_in_the_table():
    assert set(MOVES) == set(AppointmentStatus)


def test_what_is_over_never_comes_to_life_again():
    over = set(AppointmentStatus) - set(LIVE)
    assert all(not MOVES[status] for status in over)


UNDOES = {
    ("ARRIVED", "CONFIRMED"),
    ("COMPLETED", "CONFIRMED"),
    ("COMPLETED", "ARRIVED"),
    ("CANCELLED", "CONFIRMED"),
    ("CANCELLED", "ARRIVED"),
    ("NO_SHOW", "CONFIRMED"),
}


@pytest.mark.parametrize(("current", "wanted"), EVERY)
def test_undoing_is_the_reverse_of_a_step_and_nothing_else(current, wanted):
    if (current, wanted) in UNDOES:
        check_undo(current, wanted)
        assert (wanted, current) in ALLOWED
    else:
        with pytest.raises(Conflict):
            check_undo(current, wanted)
    assert "EXPIRED" not in REVERSE_MOVES


MIDNIGHT = datetime(2031, 3, 3, tzinfo=UTC)
NOON = MIDNIGHT + timedelta(hours=12)
A_MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("current", "wanted", "first"),
    [
        ("CONFIRMED", "ARRIVED", MIDNIGHT),
        ("CONFIRMED", "NO_SHOW", NOON),
        ("CONFIRMED", "COMPLETED", NOON),
    ],
)
def test_a_step_waits_for_its_time(current, wanted, first):
    of_noon = {"start": NOON, "day_begins": MIDNIGHT}
    assert refusal_now(current, wanted, **of_noon, now=first - A_MINUTE)
    assert refusal_now(current, wanted, **of_noon, now=first) is None


@pytest.mark.parametrize(("current", "wanted"), [("ARRIVED", "COMPLETED"), ("CONFIRMED", "CANCELLED")])
def test_a_step_that_waits_for_nothing(current, wanted):
    assert refusal_now(current, wanted, start=NOON, day_begins=MIDNIGHT, now=MIDNIGHT - A_MINUTE) is None
