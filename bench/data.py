"""What lies in the database before the first slice, and slots nobody has asked for yet for each slice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from argon2 import PasswordHasher

SQL = Path(__file__).parent / "sql"
SINGLE, HOT, BURST = 0, 1, 2
SLOTS_A_DAY = 256  # 8 specialists × 32
READING_DAYS = 20
TAKEN_OF_READING = 4  # every fourth slot of a reading day is taken
FREE_OF_READING = SLOTS_A_DAY - SLOTS_A_DAY // TAKEN_OF_READING
RESERVE = 61_440  # how many slots are made at once when they run low
HOT_CAPACITY, BURST_CAPACITY, SPECIAL_SLOTS = 100_000, 3, 200
RECEPTIONIST = ("olga@clinic.example", "a long enough password")


@dataclass(frozen=True)
class Size:
    """How much a database holds: full past days (the last of them is today), days to book, patients."""

    past_days: int
    free_days: int
    patients: int

    @property
    def first_day(self) -> date:
        """The oldest day, UTC, so that the first reading day is tomorrow."""
        return datetime.now(UTC).date() + timedelta(days=1 - self.past_days)


FULL = Size(past_days=782, free_days=240, patients=20_000)  # 200,192 past appointments, 61,440 slots to book
TENTH = Size(past_days=78, free_days=24, patients=2_000)


class Side:
    """How one contender's tables are filled and read; the SQL lies in bench/sql/<name>.sql as functions."""

    def __init__(self, name: str, connection: psycopg.Connection, size: Size) -> None:
        self.name, self.connection, self.size = name, connection, size
        self._next = dict.fromkeys((SINGLE, HOT, BURST), 0)
        self._made = 0

    def fill(self) -> None:
        """A full past, partly booked days to read, and the first free slots."""
        self.connection.execute((SQL / f"{self.name}.sql").read_text())
        self.connection.execute("SET session_replication_role = replica")  # foreign keys hold by construction
        self._add(self.size.past_days * SLOTS_A_DAY, taken_of=1)
        self._add(READING_DAYS * SLOTS_A_DAY, taken_of=TAKEN_OF_READING)
        self._next[SINGLE] = self._made
        self._add(self.size.free_days * SLOTS_A_DAY)
        for kind, capacity in ((HOT, HOT_CAPACITY), (BURST, BURST_CAPACITY)):
            self.connection.execute(f"SELECT bench.{self.name}_add(%s, 0, %s, %s, 0)", (kind, SPECIAL_SLOTS, capacity))
        self.connection.execute("RESET session_replication_role")

    def _add(self, count: int, *, taken_of: int = 0) -> None:
        self.connection.execute(
            f"SELECT bench.{self.name}_add(%s, %s, %s, 1, %s)", (SINGLE, self._made, count, taken_of)
        )
        self._made += count

    def take(self, count: int) -> int:
        """Number of the first of so many single slots that are asked for by nobody else."""
        while self._next[SINGLE] + count > self._made:
            self._add(RESERVE)
        first = self._next[SINGLE]
        self._next[SINGLE] += count
        return first

    def give_back(self, beyond: int) -> None:
        """Of what was taken last, nothing from this number on was asked for."""
        self._next[SINGLE] = min(self._next[SINGLE], beyond)

    def take_special(self, kind: int) -> int:
        """Number of a hot or burst slot that nobody has used."""
        number = self._next[kind]
        if number >= SPECIAL_SLOTS:
            raise SystemExit("All prepared hot slots are used: raise SPECIAL_SLOTS.")
        self._next[kind] += 1
        return number

    def live(self, kind: int, first: int, count: int) -> list[tuple[UUID, UUID]]:
        """The live appointments on these slots, each with its slot: what the servers' answers are checked against."""
        rows = self.connection.execute(f"SELECT * FROM bench.{self.name}_live(%s, %s, %s)", (kind, first, count))
        return [(booking, slot) for booking, slot in rows]


def slot_prefix(kind: int) -> str:
    """A slot's id but for its last group, which is its number in 12 hexadecimal digits."""
    return f"01900000-0000-7000-800{kind}-"


def slot_id(kind: int, number: int) -> UUID:
    return UUID(f"{slot_prefix(kind)}{number:012x}")


def full_day() -> date:
    """Today: every one of its 256 slots has its appointment."""
    return datetime.now(UTC).date()


def reading_days() -> list[date]:
    return [full_day() + timedelta(days=n + 1) for n in range(READING_DAYS)]


def prepare(sides: list[Side], *, tell: Callable[[str], None]) -> None:
    """Fill the sides of one database and let the planner know; as superuser, on tables that are there already."""
    connection, size = sides[0].connection, sides[0].size
    rules = (SQL / "common.sql").read_text()
    for name, value in (("first_day", f"'{size.first_day}'"), ("patients", str(size.patients))):
        rules = rules.replace(f"%({name})s", value)
    connection.execute(rules)
    for side in sides:
        tell(f"filling {side.name} with {size.past_days * SLOTS_A_DAY:,} appointments")
        side.fill()
    tell("vacuum, analyze, checkpoint")
    connection.execute("VACUUM (ANALYZE)")
    connection.execute("CHECKPOINT")


def employ_receptionist(connection: psycopg.Connection) -> None:
    """Somebody of the clinic who can sign in and see its day."""
    email, password = RECEPTIONIST
    connection.execute(
        "INSERT INTO users (tenant_id, email, full_name, password_hash, role)"
        " VALUES ('bench', %s, 'Olga', %s, 'OPERATOR')",
        (email, PasswordHasher().hash(password)),
    )
