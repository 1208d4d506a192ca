"""The scenarios of a run over its databases and the servers that run on them."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import psycopg

from bench import booking, data, desk, load, patients
from bench.booking import Server
from bench.load import Slice, Target
from bench.postgres import Database
from bench.turns import Contender, Scenario

ILIKE, STATEMENT = "plain ILIKE", "one statement"
LIMIT, HOLDFAST, IN_FULL, NOT_MODIFIED, YARDSTICK = "limit", "holdfast", "holdfast, all", "holdfast 304", "yardstick"
BEFORE, GROWN = "before", "grown"  # a tenth of the data, and all of it
# On one slot many racers at REPEATABLE READ mostly fail each other: what the database can do is the better of the two.
LEVELS = {LIMIT: "repeatable read", f"{LIMIT} rc": "read committed"}


def free_times(day: date) -> str:
    """Holdfast's free times of a day."""
    return f"/slots?date={day}"


def free_slots(day: date) -> str:
    """Holdfast's free slots of a day with doctor, times and seats: what the peer answers."""
    return f"/api/slots?since={day}T00:00:00Z&until={day + timedelta(days=1)}T00:00:00Z"


class Bench:
    """Builds the scenarios. `small` serves from a database with a tenth of the data."""

    def __init__(self, db: Database, holdfast: Server, small: Server, peers: list[Server]) -> None:
        self.db, self.holdfast, self.small, self.peers = db, holdfast, small, peers
        self.cookies = {server.name: desk.sign_in(server.target.url) for server in (holdfast, small)}

    def check(self) -> None:
        """Both list the same free slots and show the same full day; else comparing their times means nothing."""
        day, most = data.reading_days()[0], data.FREE_OF_READING
        lists = [(self.holdfast, free_slots(day))] + [(peer, peer.day_path(day)) for peer in self.peers]
        for server, path in lists:
            request = urllib.request.Request(server.target.url + path, headers=dict(server.target.headers))
            with urllib.request.urlopen(request) as answer:
                count = len(json.load(answer))
            if count != most:
                raise SystemExit(f"{server.name} lists {count} free slots on {day}, not {most}.")
        for server in (self.holdfast, self.small):
            desk.check_day(server.target.url, self.cookies[server.name], server.side.size)

    def scenarios(self) -> list[Scenario]:
        servers = [self.holdfast, *self.peers]
        kinds = (booking.book_many, booking.book_hot, booking.book_in_a_burst)
        many, hot, burst = ([Contender(server.name, partial(book, server)) for server in servers] for book in kinds)
        for name, level in LEVELS.items():
            many.append(Contender(name, partial(booking.limit_many, self.db, self.holdfast.side, level)))
            hot.append(Contender(name, partial(booking.limit_hot, self.db, self.holdfast.side, level)))
        lists = [Contender(server.name, partial(_availability, server)) for server in servers]
        lists.append(Contender(IN_FULL, partial(_availability, replace(self.holdfast, day_path=free_slots))))
        return [
            Scenario("booking.uncontended", many),
            Scenario("booking.hot", hot),
            Scenario("availability", lists),
            Scenario("burst.1000", burst),
            Scenario("day_page", self._day_pages()),
            self._searches(),
            *self._growth(),
        ]

    def _day_pages(self) -> list[Contender]:
        page = Contender(HOLDFAST, partial(self._page, self.holdfast))
        return [Contender(YARDSTICK, self._yardstick), page, Contender(NOT_MODIFIED, self._not_modified)]

    def _growth(self) -> list[Scenario]:
        sides = {BEFORE: self.small, GROWN: self.holdfast}
        acts = {
            "growth.booking": lambda server: partial(booking.book_many, server.alone()),
            "growth.day": lambda server: partial(self._page, server),
            "growth.availability": lambda server: partial(_availability, server.alone()),
        }
        return [
            Scenario(name, [Contender(label, act(server)) for label, server in sides.items()])
            for name, act in acts.items()
        ]

    def _page(self, server: Server, seconds: float) -> Slice:
        target = Target(server.target.url, self.cookies[server.name], connections=1)
        return load.reads(target, [desk.day_path()], seconds=seconds)

    def _not_modified(self, seconds: float) -> Slice:
        url, cookie = self.holdfast.target.url, self.cookies[self.holdfast.name]
        # Asked for anew each time: the line that shows the present moves on during a run.
        target = Target(url, cookie | {"If-None-Match": desk.entity_tag(url, cookie)}, connections=1)
        return load.reads(target, [desk.day_path()], seconds=seconds, expected="304")

    def _searches(self) -> Scenario:
        bare = {ILIKE: patients.plain, STATEMENT: patients.statement}
        contenders = [Contender(name, partial(self._bare_search, act)) for name, act in bare.items()]
        return Scenario("patient_search", [*contenders, Contender(HOLDFAST, self._search)])

    def _bare_search(self, make: Callable[[psycopg.Connection], Callable[[], None]], seconds: float) -> Slice:
        with psycopg.connect(self.db.app(), autocommit=True) as connection:
            connection.execute("SET app.tenant_id = 'bench'")
            return load.one_after_another(make(connection), seconds=seconds)

    def _search(self, seconds: float) -> Slice:
        act = patients.finder(self.holdfast.target.url, self.cookies[self.holdfast.name])
        return load.one_after_another(act, seconds=seconds)

    def _yardstick(self, seconds: float) -> Slice:
        with psycopg.connect(self.db.app(), autocommit=True) as connection:
            connection.execute("SET app.tenant_id = 'bench'")
            return load.one_after_another(lambda: desk.yardstick(connection), seconds=seconds)


def _availability(server: Server, seconds: float) -> Slice:
    paths = [server.day_path(day) for day in data.reading_days()]
    return load.reads(server.target, paths, seconds=seconds)
