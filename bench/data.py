"""What lies in the database before the first slice, and slots nobody has asked for yet for each slice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

SQL = Path(__file__).parent / "sql"
SINGLE, HOT, BURST = 0, 1, 2
SLOTS_A_DAY = 256  # 8 specialists × 32
PAST_DAYS, READING_DAYS, FREE_DAYS = 782, 20, 240  # 200,192 past appointments; 61,440 slots to book
TAKEN_OF_READING = 4  # every fourth slot of a reading day is taken
PATIENTS = 20_000
RESERVE = 61_440  # how many slots are made at once when they run low
HOT_CAPACITY, BURST_CAPACITY, SPECIAL_SLOTS = 100_000, 3, 200


@dataclass
class Side:
    """How one contender's tables are filled and counted; the SQL lies in bench/sql/<name>.sql as functions."""

    name: str
    _next: dict[int, int] = field(default_factory=lambda: dict.fromkeys((SINGLE, HOT, BURST), 0))
    _made: int = 0

    def fill(self, connection: psycopg.Connection) -> None:
        """A past with 200,000 appointments, partly booked days to read, and the first free slots."""
        self._add(connection, SINGLE, PAST_DAYS * SLOTS_A_DAY, taken_of=1)
        self._add(connection, SINGLE, READING_DAYS * SLOTS_A_DAY, taken_of=TAKEN_OF_READING)
        self._next[SINGLE] = self._made
        self._add(connection, SINGLE, FREE_DAYS * SLOTS_A_DAY)
        for kind, capacity in ((HOT, HOT_CAPACITY), (BURST, BURST_CAPACITY)):
            connection.execute(f"SELECT bench.{self.name}_add(%s, 0, %s, %s, 0)", (kind, SPECIAL_SLOTS, capacity))

    def _add(self, connection: psycopg.Connection, kind: int, count: int, *, taken_of: int = 0) -> None:
        connection.execute(f"SELECT bench.{self.name}_add(%s, %s, %s, 1, %s)", (kind, self._made, count, taken_of))
        self._made += count

    def take(self, connection: psycopg.Connection, count: int) -> int:
        """Number of the first of so many single slots that are asked for by nobody else."""
        while self._next[SINGLE] + count > self._made:
            self._add(connection, SINGLE, RESERVE)
        first = self._next[SINGLE]
        self._next[SINGLE] += count
        return first

    def take_special(self, kind: int) -> int:
        """Number of a hot or burst slot that nobody has used."""
        number = self._next[kind]
        if number >= SPECIAL_SLOTS:
            raise SystemExit("All prepared hot slots are used: raise SPECIAL_SLOTS.")
        self._next[kind] += 1
        return number

    def sold(self, connection: psycopg.Connection, kind: int, first: int, count: int) -> int:
        """How many live appointments stand on these slots: what the servers' answers are checked against."""
        row = connection.execute(f"SELECT bench.{self.name}_sold(%s, %s, %s)", (kind, first, count)).fetchone()
        assert row is not None
        return int(row[0])


def slot_prefix(kind: int) -> str:
    """A slot's id but for its last group, which is its number in 12 hexadecimal digits."""
    return f"01900000-0000-7000-800{kind}-"


def slot_id(kind: int, number: int) -> UUID:
    return UUID(f"{slot_prefix(kind)}{number:012x}")


def first_day() -> datetime:
    """Midnight UTC of the oldest day, chosen so that the first reading day is tomorrow."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1 - PAST_DAYS)


def reading_days() -> list[str]:
    first = first_day() + timedelta(days=PAST_DAYS)
    return [(first + timedelta(days=n)).date().isoformat() for n in range(READING_DAYS)]


def prepare(connection: psycopg.Connection, sides: list[Side], *, tell: Callable[[str], None]) -> None:
    """Fill every side alike and let the planner know; as superuser, on tables that are there already."""
    rules = (SQL / "common.sql").read_text()
    connection.execute(rules.replace("%(first_day)s", f"'{first_day().date()}'"))
    for side in sides:
        tell(f"filling {side.name}")
        connection.execute((SQL / f"{side.name}.sql").read_text())
        connection.execute("SET session_replication_role = replica")  # foreign keys hold by construction
        side.fill(connection)
        connection.execute("RESET session_replication_role")
    tell("vacuum, analyze, checkpoint")
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")
