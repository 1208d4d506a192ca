"""A hundred patients for thirty times, each from the times to the booking: thirty are booked, and each of the others
has three other times before them that can be held.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from tests.concurrency.crowd import Ask, Crowd
from tests.concurrency.test_forms import Person
from tests.conftest import Clinic, colleague
from webapp.core.timezones import iso, utc_now

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

PATIENTS, TIMES = 100, 30
TIME = "button[name=start], button[name=slot_id]"


class Patient(Person):
    """Takes any time of the one day, then any alternative on it, until something is held or nothing of it is left."""

    def __init__(self, crowd: Crowd, number: int, clinic: Clinic, chance: random.Random) -> None:
        super().__init__(crowd, number, clinic)
        self.chance = chance
        self.seen: list[int | None] = []
        self.page = BeautifulSoup()

    def open_day(self, path: str) -> None:
        self.page = self.read(self.root + path)

    def live(self, day: date) -> str:
        """What became of it: booked, or a page without the day's times and how many others are on it."""
        for _try in range(40):
            wanted = [button for button in self.page.select(TIME) if button["value"].startswith(str(day))]
            if not wanted:
                return f"{len(self.page.select(TIME))} other times"
            self.press_one_of(wanted)
            if self.page.select("form#details"):
                return self.book(self.page)
        return "never done"

    def press_one_of(self, buttons) -> None:
        button = self.chance.choice(buttons)
        self.page = self.send(button.find_parent("form"), button)

    def book(self, page: BeautifulSoup) -> str:
        page = self.send(
            page.select_one("form#details"), full_name=f"Patient {self.number}", phone=f"030 55{self.number:04}"
        )
        page = self.send(page.select_one("form#check"))
        return "booked" if page.select(".done-mark") else f"not booked: {page.h1}"

    def read(self, path: str, **ask) -> BeautifulSoup:
        told = self.crowd.one(self.number, Ask("GET", path, headers={"Cookie": self.cookie}))
        return self._page(told)

    def send(self, form, button=None, **typed: str) -> BeautifulSoup:
        fields = {one["name"]: one.get("value", "") for one in form.select("input[name]")} | typed
        if button is not None:
            fields[button["name"]] = button["value"]
        told = self.crowd.one(self.number, Ask("POST", form["action"], headers={"Cookie": self.cookie}, form=fields))
        return self._page(told)

    def _page(self, told) -> BeautifulSoup:
        self.seen.append(told.status)
        self._remember(told)
        if told.status in (302, 303):
            return self.read(told.headers["Location"])
        return BeautifulSoup(told.body, "html.parser")


def test_thirty_are_booked_and_everybody_else_is_offered_three_others(server, place, seed, records, no_deadlock):
    start = utc_now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    other_day = start + timedelta(days=2)
    for one in (place, colleague(place)):  # fifteen times, and two who are free at each
        for number in range(TIMES // 2):
            one.slot(start, after=30 * number)
    others = {place.slot(other_day, after=30 * number) for number in range(5)}
    path = f"/book/{place.type_id}/{start.date()}"
    with Crowd(server, place.id, size=PATIENTS) as crowd, ThreadPoolExecutor(PATIENTS) as pool:
        patients = [Patient(crowd, n, place, random.Random(f"{seed}{n}")) for n in range(PATIENTS)]
        list(pool.map(lambda patient: patient.open_day(path), patients))
        became = list(pool.map(lambda patient: patient.live(start.date()), patients))
        losers = [patient for patient, end in zip(patients, became, strict=True) if end != "booked"]
        offered = {button["value"] for patient in losers for button in patient.page.select(TIME)}
        chosen = random.Random(seed).choice(losers)
        chosen.press_one_of(chosen.page.select(TIME))
        told = Counter(status for patient in patients for status in patient.seen)
    print(f"{dict(Counter(became))}, {dict(told)}")
    assert Counter(became) == {"booked": TIMES, "3 other times": PATIENTS - TIMES}
    assert set(told) <= {200, 303, 409}
    assert offered == {iso(other_day + number * timedelta(minutes=30)) for number in range(3)}, "the nearest ones"
    assert chosen.page.select("form#details"), "one of them is held"
    booked = records.rows(
        """SELECT time_slot_id, status::text, count(*) FROM appointments
           WHERE tenant_id = :id AND status IN ('CONFIRMED', 'HOLD') GROUP BY 1, 2""",
        id=place.id,
    )
    assert [row[2] for row in booked] == [1] * (TIMES + 1)
    assert {row.status for row in booked if row.time_slot_id in others} == {"HOLD"}
    assert [row.status for row in booked].count("CONFIRMED") == TIMES
