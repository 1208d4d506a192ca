"""A hundred patients for thirty times, each from the times to the booking: thirty are booked, nobody is lost."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from tests.concurrency.crowd import Ask, Crowd
from tests.concurrency.test_forms import Person
from tests.conftest import Clinic, colleague
from webapp.core.timezones import utc_now

pytestmark = [pytest.mark.race, pytest.mark.concurrency]

PATIENTS, TIMES = 100, 30


class Patient(Person):
    """Takes any time, then any of the alternatives, until something is held or nothing is left."""

    def __init__(self, crowd: Crowd, number: int, clinic: Clinic, chance: random.Random) -> None:
        super().__init__(crowd, number, clinic)
        self.chance = chance
        self.seen: list[int | None] = []

    def live(self, path: str) -> str:
        """What became of it: booked, or a page that leads on."""
        page, tries = self.read(self.root + path), 0
        while tries < 40:
            buttons = page.select("button[name=start], button[name=slot_id]")
            if not buttons:
                return "a way on" if page.select("main a.button") else f"a dead end: {page.h1}"
            tries += 1
            page = self.send(page.select_one("form[method=post]"), self.chance.choice(buttons))
            if page.select("form#details"):
                return self.book(page)
        return "never done"

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


def test_thirty_are_booked_and_everybody_else_is_led_on(server, place, seed, records, no_deadlock):
    start = utc_now().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for one in (place, colleague(place)):  # fifteen times, and two who are free at each
        for number in range(TIMES // 2):
            one.slot(start, after=30 * number)
    path = f"/book/{place.type_id}/{start.date()}"
    with Crowd(server, place.id, size=PATIENTS) as crowd, ThreadPoolExecutor(PATIENTS) as pool:
        patients = [Patient(crowd, n, place, random.Random(f"{seed}{n}")) for n in range(PATIENTS)]
        became = Counter(pool.map(lambda patient: patient.live(path), patients))
        told = Counter(status for patient in patients for status in patient.seen)
    print(f"{dict(became)}, {dict(told)}")
    assert became == {"booked": TIMES, "a way on": PATIENTS - TIMES}
    assert set(told) <= {200, 303, 409}
    booked = records.rows(
        """SELECT specialist_id, start_time, count(*) FROM appointments
           WHERE tenant_id = :id AND status = 'CONFIRMED' GROUP BY 1, 2""",
        id=place.id,
    )
    assert [row[2] for row in booked] == [1] * TIMES
    shares = Counter(row.specialist_id for row in booked)
    assert set(shares.values()) == {TIMES // 2}
