"""Booking under load: many slots, one hot slot, a burst, and the limit; every slice is checked against the tables."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from bench import data, load
from bench.burst import burst
from bench.data import BURST, BURST_CAPACITY, HOT, HOT_CAPACITY, SINGLE, Side
from bench.load import Slice, Target
from bench.postgres import Database, libpq_environment
from webapp.services.claim import CLAIM as THE_DOOR

LIMIT_ASKS, HTTP_ASKS = 10_000, 6_000  # slots a second set aside for a slice: more than this machine can sell

# What the door's statement is given, as a client of the API that books without an account would have it.
_ABSENT = ["key", "fingerprint", "type", "minutes", "created_by", "start", "end", "squeeze", "version"]
CLAIM = dict.fromkeys(_ABSENT, "NULL") | {
    "tenant": "'bench'",
    "id": "uuidv7()",
    "status": "'HOLD'",
    "hold_seconds": "3600",
    "actor": "'api'",
    "source": "'API'",
    "patient": "uuidv7()",
    "new_patient": """'{"full_name": "Ada Byron", "contact": "ada@example.org"}'""",
    "priority": "'NORMAL'",
    "moving": "false",
    "event": "'RESCHEDULED'",
    "detail": "'{}'",
}
# How pgbench finds its slot: each client walks a slot of its own at a time, or all stay on the one hot slot.
WALK = (
    "\\set n :first + :i * :clients + :client_id\n\\set i :i + 1\n",
    "bench.slot_id(0, :n)",
)
STAY = ("", "bench.slot_id(1, :first)")


@dataclass(frozen=True)
class Server:
    """Something that answers over HTTP, the side whose tables it sells from, and where it lists a day's free slots."""

    name: str
    side: Side
    target: Target
    day_path: Callable[[date], str]

    def alone(self) -> "Server":
        """The same for one connection: for latencies rather than rates."""
        return replace(self, target=replace(self.target, connections=1))


def book_many(server: Server, seconds: float) -> Slice:
    """Each request its own slot."""
    side, connections = server.side, server.target.connections
    count = int(HTTP_ASKS * seconds)
    first = side.take(count)
    prefix = data.slot_prefix(SINGLE)
    done = load.bookings(server.target, seconds=seconds, prefix=prefix, first=first, walk=True)
    if done.beyond > first + count:
        done.problems.append(f"{done.beyond - first} slots were asked for, {count} were there")
    side.give_back(done.beyond)
    return _audited(side, SINGLE, first, count, done, seats=1, unanswered=connections)


def book_hot(server: Server, seconds: float) -> Slice:
    """All requests on one slot with room for all."""
    first = server.side.take_special(HOT)
    prefix = data.slot_prefix(HOT)
    done = load.bookings(server.target, seconds=seconds, prefix=prefix, first=first, walk=False)
    return _audited(server.side, HOT, first, 1, done, seats=HOT_CAPACITY, unanswered=server.target.connections)


def book_in_a_burst(server: Server, _seconds: float) -> Slice:
    """A thousand at once for three seats."""
    first = server.side.take_special(BURST)
    done = burst(server.target, str(data.slot_id(BURST, first)), seats=BURST_CAPACITY)
    return _audited(server.side, BURST, first, 1, done, seats=BURST_CAPACITY, unanswered=0)


def limit_many(db: Database, side: Side, level: str, seconds: float) -> Slice:
    """The door's own statement by pgbench, each call its own slot."""
    count = int(LIMIT_ASKS * seconds)
    first = side.take(count)
    done = _pgbench(db, WALK, level, first=first, seconds=seconds)
    return _counted(side, SINGLE, first, count, done)


def limit_hot(db: Database, side: Side, level: str, seconds: float) -> Slice:
    """The same, all on one slot."""
    first = side.take_special(HOT)
    done = _pgbench(db, STAY, level, first=first, seconds=seconds)
    return _counted(side, HOT, first, 1, done)


def _pgbench(db: Database, way: tuple[str, str], level: str, *, first: int, seconds: float) -> Slice:
    walk, slot = way
    statement = f"{walk}{THE_DOOR % (CLAIM | {'slot': slot})};\n"
    variables = {"first": first, "i": 0, "clients": load.CONNECTIONS}
    isolation = {"PGOPTIONS": "-c default_transaction_isolation=" + level.replace(" ", "\\ ")}
    return load.pgbench(statement, variables, libpq_environment(db.app()) | isolation, seconds=seconds)


def _audited(side: Side, kind: int, first: int, count: int, done: Slice, *, seats: int, unanswered: int) -> Slice:
    """Every acknowledged booking stands in the tables, no slot has more than its seats, and nothing else was sold
    but by the requests that the end of the slice cut off."""
    rows = side.live(kind, first, count)
    told, made = set(done.booked), {str(booking) for booking, _ in rows}
    if len(told) != done.succeeded:
        done.problems.append(f"{done.succeeded} bookings acknowledged under {len(told)} different ids")
    if lost := told - made:
        done.problems.append(f"{len(lost)} acknowledged bookings are not in the database, such as {min(lost)}")
    if len(made - told) > unanswered:
        done.problems.append(f"{len(made - told)} bookings are in the database that nobody was told of")
    return _within_seats(rows, done, seats=seats)


def _counted(side: Side, kind: int, first: int, count: int, done: Slice) -> Slice:
    """pgbench ends its last transactions: there are as many bookings as it counted."""
    rows = side.live(kind, first, count)
    if len(rows) != done.succeeded:
        done.problems.append(f"{done.succeeded} calls of the door, {len(rows)} bookings in the database")
    return _within_seats(rows, done, seats=HOT_CAPACITY if kind == HOT else 1)


def _within_seats(rows: list[tuple[UUID, UUID]], done: Slice, *, seats: int) -> Slice:
    crowded = sum(count > seats for count in Counter(slot for _, slot in rows).values())
    if crowded:
        done.problems.append(f"{crowded} slots were sold more often than they have seats")
    return done
