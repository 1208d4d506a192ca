"""Who is measured at what: each scenario is a list of contenders that take their slices in turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import psycopg

from bench import data, load, pages
from bench.burst import burst
from bench.data import BURST, BURST_CAPACITY, HOT, SINGLE, Side
from bench.load import Slice
from bench.servers import Database, libpq_environment
from webapp.services.claim import CLAIM as THE_DOOR

LIMIT, HOLDFAST, NOT_MODIFIED, YARDSTICK = "limit", "holdfast", "holdfast 304", "yardstick"
# On one slot many racers at REPEATABLE READ mostly fail each other: what the database can do is the better of the two.
LEVELS = {LIMIT: "repeatable read", f"{LIMIT} rc": "read committed"}
IMPATIENCE = {LIMIT: 10_000, "http": 6_000}  # slots a second set aside for a slice: more than this machine can sell

# What the door's statement is given, as a client of the API that books without an account would have it.
_ABSENT = ["hold_seconds", "key", "fingerprint", "type", "minutes", "created_by", "start", "end", "version"]
CLAIM = dict.fromkeys(_ABSENT, "NULL") | {
    "tenant": "'bench'",
    "id": "uuidv7()",
    "status": "'HOLD'",
    "actor": "'api'",
    "source": "'API'",
    "patient": "uuidv7()",
    "new_patient": """'{"full_name": "Ada Byron", "contact": "ada@example.org"}'""",
    "priority": "'NORMAL'",
    "moving": "false",
}
# How pgbench finds its slot: each client walks a slot of its own at a time, or all stay on the one hot slot.
WALK = (
    "\\set n :first + :i * :clients + :client_id\n\\set i :i + 1\n",
    "bench.slot_id(0, :n)",
)
STAY = ("", "bench.slot_id(1, :first)")


@dataclass(frozen=True)
class Contender:
    name: str
    slice: Callable[[float], Slice]


@dataclass(frozen=True)
class Scenario:
    name: str
    contenders: list[Contender]


@dataclass(frozen=True)
class Server:
    """Something that answers over HTTP, and the side whose tables it sells from."""

    name: str
    side: Side
    url: str
    day_path: str


class Bench:
    """Builds the scenarios over one database and the servers that run on it."""

    def __init__(self, db: Database, connection: psycopg.Connection, holdfast: Side, servers: list[Server]) -> None:
        self.db, self.connection, self.holdfast, self.servers = db, connection, holdfast, servers

    def scenarios(self) -> list[Scenario]:
        by_server = {
            "booking.uncontended": self._book_many,
            "booking.hot": self._book_hot,
            "availability": self._availability,
            "burst.1000": self._burst,
        }
        made = {
            name: [Contender(server.name, make(server)) for server in self.servers] for name, make in by_server.items()
        }
        for name, level in LEVELS.items():
            made["booking.uncontended"].append(Contender(name, partial(self._limit_many, level)))
            made["booking.hot"].append(Contender(name, partial(self._limit_hot, level)))
        made["day_page"] = [Contender(YARDSTICK, self._yardstick)]
        return [Scenario(name, contenders) for name, contenders in made.items()]

    def _limit_many(self, level: str, seconds: float) -> Slice:
        count = int(IMPATIENCE[LIMIT] * seconds)
        first = self.holdfast.take(self.connection, count)
        done = self._pgbench(WALK, level, first=first, seconds=seconds)
        return self._checked(self.holdfast, SINGLE, first, count, done)

    def _limit_hot(self, level: str, seconds: float) -> Slice:
        first = self.holdfast.take_special(HOT)
        done = self._pgbench(STAY, level, first=first, seconds=seconds)
        return self._checked(self.holdfast, HOT, first, 1, done)

    def _pgbench(self, way: tuple[str, str], level: str, *, first: int, seconds: float) -> Slice:
        walk, slot = way
        statement = f"{walk}{THE_DOOR % (CLAIM | {'slot': slot})};\n"
        variables = {"first": first, "i": 0, "clients": load.CONNECTIONS}
        isolation = {"PGOPTIONS": "-c default_transaction_isolation=" + level.replace(" ", "\\ ")}
        return load.pgbench(statement, variables, libpq_environment(self.db.app()) | isolation, seconds=seconds)

    def _book_many(self, server: Server) -> Callable[[float], Slice]:
        def run(seconds: float) -> Slice:
            count = int(IMPATIENCE["http"] * seconds)
            first = server.side.take(self.connection, count)
            prefix = data.slot_prefix(SINGLE)
            done = load.bookings(server.url, seconds=seconds, prefix=prefix, first=first, walk=True)
            return self._checked(server.side, SINGLE, first, count, done)

        return run

    def _book_hot(self, server: Server) -> Callable[[float], Slice]:
        def run(seconds: float) -> Slice:
            first = server.side.take_special(HOT)
            prefix = data.slot_prefix(HOT)
            done = load.bookings(server.url, seconds=seconds, prefix=prefix, first=first, walk=False)
            return self._checked(server.side, HOT, first, 1, done)

        return run

    def _burst(self, server: Server) -> Callable[[float], Slice]:
        def run(_seconds: float) -> Slice:
            first = server.side.take_special(BURST)
            done = burst(server.url, str(data.slot_id(BURST, first)), seats=BURST_CAPACITY)
            return self._checked(server.side, BURST, first, 1, done, in_flight=0)

        return run

    def _availability(self, server: Server) -> Callable[[float], Slice]:
        paths = [server.day_path + day for day in data.reading_days()]
        return lambda seconds: load.reads(server.url, paths, seconds=seconds)

    def _yardstick(self, seconds: float) -> Slice:
        with psycopg.connect(self.db.app(), autocommit=True) as connection:
            connection.execute("SET app.tenant_id = 'bench'")
            return load.one_after_another(lambda: pages.yardstick(connection), seconds=seconds)

    def _checked(
        self, side: Side, kind: int, first: int, count: int, done: Slice, *, in_flight: int = load.CONNECTIONS
    ) -> Slice:
        """The database must hold what was acknowledged, and no more than that and what was under way at the end."""
        deadline = time.monotonic() + 5
        while (sold := side.sold(self.connection, kind, first, count)) < done.succeeded and time.monotonic() < deadline:
            time.sleep(0.01)
        if not done.succeeded <= sold <= done.succeeded + in_flight:
            done.problems.append(f"{done.succeeded} bookings acknowledged, {sold} in the database")
        return done


@dataclass
class Results:
    """Every slice that counts, by scenario and contender, and everything that went wrong."""

    slices: dict[tuple[str, str], list[Slice]]
    problems: list[str] = field(default_factory=list)


def take_turns(scenarios: list[Scenario], *, rounds: int, seconds: float, tell: Callable[[str], None]) -> Results:
    """Every round gives each contender one slice, starting with another one each time; round 0 only warms up."""
    results = Results({(s.name, c.name): [] for s in scenarios for c in s.contenders})
    for turn in range(rounds + 1):
        tell(f"round {turn} of {rounds}" if turn else "warming up")
        for scenario in scenarios:
            start = turn % len(scenario.contenders)
            for contender in scenario.contenders[start:] + scenario.contenders[:start]:
                done = contender.slice(seconds if turn else 1)
                if turn:
                    results.slices[scenario.name, contender.name].append(done)
                found = [f"{scenario.name}, {contender.name}: {problem}" for problem in done.problems]
                results.problems += found
                for sentence in found:
                    tell(f"  INVALID {sentence}")
    return results
