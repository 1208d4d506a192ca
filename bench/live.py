"""Two hundred desks that ask every few seconds how their day stands, while patients book into those days."""

import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

import psutil

from bench import data
from bench.booking import Server
from bench.data import FREE_OF_READING, READING_DAYS, SINGLE, SLOTS_A_DAY, TAKEN_OF_READING
from bench.desk import CLINIC
from bench.load import Slice
from bench.turns import Results

SCENARIO, POLLS, BOOKINGS = "live.200_desks", "polls", "bookings"
DESKS, BOOKINGS_A_SECOND = 200, 20
EVERY, LONGEST = 4.5, 5.5  # seconds between two questions of a page, as static/js/live.js keeps them
BODY = b'{"patient_name": "Ada Byron", "patient_contact": "ada@example.org"}'


@dataclass
class Told:
    """What came back: milliseconds, statuses, and the bookings that were acknowledged."""

    taken: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    booked: list[str] = field(default_factory=list)

    def add(self, began: float, status: str) -> None:
        self.taken.append((time.perf_counter() - began) * 1e3)
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Client:
    """One kept connection."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        address = urlsplit(url)
        self.place = address.hostname, address.port
        self.headers = {"Host": address.netloc, **headers}

    async def __aenter__(self) -> "Client":
        self.reader, self.writer = await asyncio.open_connection(*self.place)
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.writer.close()

    async def ask(self, line: str, more: dict[str, str], body: bytes = b"") -> tuple[str, dict[str, str], bytes]:
        """Status, headers and body of the answer to one request."""
        length = {"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**self.headers, **more, **length}.items())
        self.writer.write(f"{line} HTTP/1.1\r\n{head}\r\n".encode() + body)
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in lines)}
        return first.split(" ")[1], headers, await self.reader.readexactly(int(headers.get("content-length", 0)))


def watch(server: Server, cookie: dict[str, str], pids: dict[str, int], results: Results, *, seconds: float) -> None:
    """Add what polls and bookings came to; afterwards the reading days are fuller than they were."""
    polls, bookings = Told(), Told()
    before = {name: _cpu(pid) for name, pid in pids.items()}
    began = time.perf_counter()
    asyncio.run(_run(server, cookie, polls, bookings, seconds))
    took = time.perf_counter() - began
    cpu = {name: (_cpu(pid) - before[name]) / took for name, pid in pids.items()}
    results.notes += [
        f"{SCENARIO}: {DESKS} desks polling, {len(bookings.taken) / took:.1f} bookings a second, {took:.0f} s",
        *(_line(name, told) for name, told in ((POLLS, polls), (BOOKINGS, bookings))),
        "  processors used: " + ", ".join(f"{name} {share:.2f}" for name, share in cpu.items()),
    ]
    results.add(SCENARIO, POLLS, _slice(polls, took, {"200", "304"}))
    results.add(SCENARIO, BOOKINGS, _audited(server, bookings, _slice(bookings, took, {"201"})))


async def _run(server: Server, cookie: dict[str, str], polls: Told, bookings: Told, seconds: float) -> None:
    end = time.perf_counter() + seconds
    days = data.reading_days()
    desks = [_desk(server.target.url, cookie, days[n % len(days)], polls, end) for n in range(DESKS)]
    async with asyncio.TaskGroup() as group:
        for work in [*desks, _patients(server, bookings, end)]:
            group.create_task(work)


async def _desk(url: str, cookie: dict[str, str], day: date, told: Told, end: float) -> None:
    line, pieces = f"GET {CLINIC}/desk/{day}", {"X-Fragment": "1", "X-Live": "1"}
    await asyncio.sleep(random.uniform(0, EVERY))
    tag = ""
    async with Client(url, cookie | pieces) as client:
        while (began := time.perf_counter()) < end:
            status, headers, _ = await client.ask(line, {"If-None-Match": tag} if tag else {})
            tag = headers.get("etag", "")
            told.add(began, status)
            took = time.perf_counter() - began
            rest = min(max(EVERY + random.uniform(0, 0.3), 4 * took), LONGEST)
            await asyncio.sleep(min(rest, max(0.0, end - time.perf_counter())))


async def _patients(server: Server, told: Told, end: float) -> None:
    """Bookings start on time, whether the ones before them are answered or not."""
    free, due = _free_slots(server), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        while due < end and free:
            group.create_task(_book(server, free.pop(), told))
            due += 1 / BOOKINGS_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))


async def _book(server: Server, slot: str, told: Told) -> None:
    async with Client(server.target.url, dict(server.target.headers)) as client:
        began = time.perf_counter()
        status, _, body = await client.ask(f"POST /api/slots/{slot}/book", {}, BODY)
        told.add(began, status)
        if status == "201":
            told.booked.append(json.loads(body)["id"])


def _free_slots(server: Server) -> list[str]:
    first = server.side.size.past_days * SLOTS_A_DAY
    numbers = range(first, first + READING_DAYS * SLOTS_A_DAY)
    free = [str(data.slot_id(SINGLE, n)) for n in numbers if n % TAKEN_OF_READING]
    assert len(free) == READING_DAYS * FREE_OF_READING
    random.shuffle(free)
    return free


def _slice(told: Told, seconds: float, expected: set[str]) -> Slice:
    cuts = statistics.quantiles(told.taken, n=100, method="inclusive")
    done = sum(count for status, count in told.statuses.items() if status in expected)
    wrong = {status: count for status, count in told.statuses.items() if status not in expected}
    problems = [f"{count} answers with status {status}" for status, count in wrong.items()]
    times = cuts[49], cuts[98], max(told.taken)
    told_of = {"succeeded": done, "booked": told.booked, "statuses": told.statuses, "problems": problems}
    return Slice(done / seconds, *times, p95=cuts[94], **told_of)


def _audited(server: Server, told: Told, done: Slice) -> Slice:
    first = server.side.size.past_days * SLOTS_A_DAY
    rows = server.side.live(SINGLE, first, READING_DAYS * SLOTS_A_DAY)
    if lost := set(told.booked) - {str(booking) for booking, _ in rows}:
        done.problems.append(f"{len(lost)} acknowledged bookings are not in the database, such as {min(lost)}")
    if len({slot for _, slot in rows}) != len(rows):
        done.problems.append("slots were sold more often than they have seats")
    return done


def _line(name: str, told: Told) -> str:
    cuts = statistics.quantiles(told.taken, n=100, method="inclusive")
    answers = ", ".join(f"{count} × {status}" for status, count in sorted(told.statuses.items()))
    errors = sum(count for status, count in told.statuses.items() if status not in ("200", "201", "304"))
    return (
        f"  {name:10} p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms; {answers}; {errors} errors"
    )


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process and its children so far; the servers' pools keep their backends."""
    leader = psutil.Process(pid)
    times = [process.cpu_times() for process in (leader, *leader.children(recursive=True))]
    return sum(each.user + each.system for each in times)
