"""Times at which several visits can be had together: half hours from nine o'clock on DAY."""

from datetime import timedelta

import pytest

from tests.conftest import DAY, colleague, statements_read
from webapp.queries.availability import find_type
from webapp.queries.parties import offers
from webapp.services.booking import Key, book
from webapp.services.parties import Visitor, hold_party
from webapp.services.party_rows import Seat
from webapp.services.specialists import add_room, add_type

NINE = DAY + timedelta(hours=9)


def halves(clinic, *numbers):
    return [clinic.slot(NINE, after=30 * number) for number in numbers]


def offered(*type_ids, until=timedelta(days=1)):
    return offers([find_type(one) for one in type_ids], since=DAY, until=DAY + until)


def told(found):
    """Each offer as "minutes after nine - minutes after nine", starred where all come at once."""
    return [
        f"{(offer.start - NINE) // timedelta(minutes=1)}-{(offer.end - NINE) // timedelta(minutes=1)}"
        + "*" * offer.at_once
        for offer in found
    ]


class TestOnePersonEach:
    def test_at_the_same_time_with_a_specialist_each(self, within):
        halves(within, 0, 1), halves(colleague(within), 0)
        found = offered(within.type_id, within.type_id)
        assert told(found) == ["0-30*"]
        assert len(found[0].ways[0]) == 2

    def test_else_one_after_the_other_with_one(self, within):
        slots = halves(within, 0, 1, 2)
        found = offered(within.type_id, within.type_id)
        assert told(found) == ["0-60", "30-90"]
        assert [time.slot_id for time in found[0].ways[0]] == slots[:2]

    def test_not_half_with_one_and_half_with_another(self, within):
        halves(within, 0), halves(colleague(within), 1)
        assert offered(within.type_id, within.type_id) == []

    def test_a_short_wait_is_offered_a_long_one_is_not(self, within):
        halves(within, 0, 2, 5)
        assert told(offered(within.type_id, within.type_id)) == ["0-90"]

    def test_four_need_four(self, within):
        halves(within, 0, 1, 2)
        assert offered(*[within.type_id] * 4) == []
        halves(within, 3)
        assert told(offered(*[within.type_id] * 4)) == ["0-120"]

    def test_what_is_taken_is_not_offered(self, within):
        first, *_more = halves(within, 0, 1, 2)
        book(slot_id=first, actor="test", source="DESK")
        assert told(offered(within.type_id, within.type_id)) == ["30-90"]

    def test_seats_of_a_group(self, within):
        course = add_type(name="Course", minutes=30, is_group=True, specialist_ids=[within.specialist_id])
        small = within.slot(NINE, capacity=3)
        within.slot(NINE, after=30, capacity=2)
        book(slot_id=small, actor="test", source="DESK", type_id=course)
        assert told(offered(course, course)) == ["0-30*", "30-60*"]
        assert offered(course, course, course) == []

    def test_a_room_holds_one_at_a_time(self, within):
        scan = add_type(
            name="Scan", minutes=30, room_id=add_room(name="Scanner"), specialist_ids=[within.specialist_id]
        )
        halves(within, 0, 1), halves(colleague(within, scan), 0, 1)
        assert told(offered(scan, scan)) == ["0-60"]

    def test_buffers_are_kept_between_them(self, within):
        careful = add_type(name="Careful", minutes=30, buffer_after=10, specialist_ids=[within.specialist_id])
        halves(within, *range(5))
        found = offered(careful, careful)
        assert told(found) == ["0-90", "30-120", "60-150"]
        self.take(found[0], careful)

    @staticmethod
    def take(offer, type_id):
        """What is offered can be had."""
        seats = [Seat(time.slot_id, type_id) for time in offer.ways[0]]
        hold_party(seats=seats, visitor=Visitor("browser", "address"), key=Key("party:k", "asked"))

    def test_only_what_begins_in_the_stretch(self, within):
        halves(within, 0, 1, 2)
        assert told(offered(within.type_id, within.type_id, until=timedelta(hours=9, minutes=1))) == ["0-60"]


class TestTwoVisitsInARow:
    @pytest.fixture
    def second(self, within):
        return add_type(name="Vaccination", minutes=15, specialist_ids=[within.specialist_id])

    def test_with_one_specialist(self, within, second):
        halves(within, 0, 1)
        assert told(offered(within.type_id, second)) == ["0-45"]

    def test_the_same_specialist_before_another(self, within, second):
        halves(within, 0, 1), halves(colleague(within, second), 1)
        (found,) = offered(within.type_id, second)
        assert {time.specialist_id for way in found.ways for time in way} == {within.specialist_id}

    def test_with_two_specialists(self, within, second):
        halves(within, 0)
        other = colleague(within, second)
        halves(other, 1)
        (found,) = offered(within.type_id, second)
        assert [time.specialist_id for time in found.ways[0]] == [within.specialist_id, other.specialist_id]

    def test_whoever_is_done_first(self, within, second):
        halves(within, 0, 2)
        other = colleague(within, second)
        halves(other, 1)
        (found,) = offered(within.type_id, second)
        assert told([found]) == ["0-45"]

    def test_the_second_never_before_the_first(self, within, second):
        other = colleague(within, second)
        halves(other, 0), halves(within, 1)
        assert offered(within.type_id, second) == []


def test_the_work_does_not_grow_with_the_days(within, app):
    second = add_type(name="Vaccination", minutes=15, specialist_ids=[within.specialist_id])
    for day in range(5):
        within.slot(NINE + timedelta(days=day)), within.slot(NINE + timedelta(days=day), after=30)
    visits = [find_type(one) for one in (within.type_id, second)]
    with statements_read() as sent:
        assert len(offers(visits, since=DAY, until=DAY + timedelta(days=5))) == 5
    assert len(sent) == 2
