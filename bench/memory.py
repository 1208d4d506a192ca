"""What a web process weighs after its first requests, and after a hundred thousand more."""

import subprocess
from dataclasses import replace

from bench import booking, data, desk, load
from bench.booking import Server
from bench.load import Slice, Target
from bench.scenarios import BEFORE, GROWN
from bench.servers import Process
from bench.turns import Results

TURN_SECONDS = 3.0


def grow(server: Server, process: Process, results: Results, *, requests: int) -> None:
    """Read, book and look at the desk in turns with the one worker of this server until it has had its requests."""
    cookie = desk.sign_in(process.url)
    server = replace(server, target=replace(server.target, url=process.url))
    _serve(server, cookie, results, requests=requests // 20)
    results.add("memory", BEFORE, Slice(megabytes=worker_megabytes(process.pid)))
    _serve(server, cookie, results, requests=requests)
    results.add("memory", GROWN, Slice(megabytes=worker_megabytes(process.pid)))


def _serve(server: Server, cookie: dict[str, str], results: Results, *, requests: int) -> None:
    served = 0
    days = [server.day_path(day) for day in data.reading_days()]
    pages = Target(server.target.url, cookie, connections=4)
    while served < requests:
        for done in (
            load.reads(server.target, days, seconds=TURN_SECONDS),
            booking.book_many(server, TURN_SECONDS),
            load.reads(pages, [desk.day_path()], seconds=TURN_SECONDS / 3),
        ):
            served += done.succeeded
            results.blame("memory", server.name, done)


def worker_megabytes(leader: int) -> float:
    """Resident memory of the heaviest process that the leader started."""
    table = subprocess.run(["ps", "-A", "-o", "ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in table.splitlines()]
    return max(rss for parent, rss in rows if parent == leader) / 1024
