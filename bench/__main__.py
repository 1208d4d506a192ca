"""python -m bench: Holdfast, its limit and its peers on one PostgreSQL, turn by turn."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click

from bench import data, live, load, memory, patients, report, servers
from bench.booking import Server
from bench.data import FULL, TENTH, Side
from bench.load import Target
from bench.postgres import Database, databases
from bench.scenarios import HOLDFAST, Bench, free_times
from bench.servers import Process
from bench.turns import Results, take_turns

LIVE_SECONDS, LIVE_QUICKLY = 60.0, 10.0
FULL_RUN, QUICK_RUN = (8, 2, 100_000), (3, 1, 20_000)  # rounds, seconds of a slice, requests for the memory's growth
CLINIC = {"X-Tenant-ID": "bench"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="3 rounds of 1 s instead of 8 of 2 s: a look, not a measurement.")
@click.option("--only", default="", help="Measure only scenarios whose name starts with this, e.g. booking.")
@click.option("--data", "parent", type=click.Path(path_type=Path), help="Where to put the database while it runs.")
def main(quick: bool, only: str, parent: Path | None) -> None:
    """Print the ratios with their bars and write bench/latest.json; ends with 1 when an answer was wrong."""
    rounds, seconds, requests = QUICK_RUN if quick else FULL_RUN
    tell, load_before = _teller(), os.getloadavg()[0]
    load.ensure_wrk()
    servers.install_express()
    results = Results()
    with ExitStack() as stack:
        tell("making the databases")
        db, small_db = stack.enter_context(databases(parent, "holdfast", "holdfast_tenth"))
        holdfast, process, peers = _full(stack, db, tell)
        small = _small(stack, small_db, tell)
        bench = Bench(db, holdfast, small, peers)
        bench.check()
        chosen = [scenario for scenario in bench.scenarios() if scenario.name.startswith(only)]
        take_turns(chosen, results, rounds=rounds, seconds=seconds, tell=tell)
        if "memory".startswith(only):
            tell(f"memory, {requests:,} requests")
            alone = stack.enter_context(servers.holdfast(db, workers=1))
            memory.grow(holdfast, alone, results, requests=requests)
        if live.SCENARIO.startswith(only):  # the last: it books into the days that the others read
            length = LIVE_QUICKLY if quick else LIVE_SECONDS
            tell(f"200 desks, {length:.0f} s")
            pids = {"web": process.pid, "postgres": db.server.pid or 0}
            live.watch(holdfast, bench.cookies[HOLDFAST], pids, results, seconds=length)
        versions = _versions(holdfast.side.connection.info.server_version)
    lines = report.judge(results)
    report.show(lines, results, load_before=load_before)
    report.write(lines, results, rounds=rounds, seconds=seconds, versions=versions, load_before=load_before)
    raise SystemExit(1 if results.problems else 0)


def _full(stack: ExitStack, db: Database, tell: Callable[[str], None]) -> tuple[Server, Process, list[Server]]:
    """Holdfast with its process, and the peers, over all the data."""
    connection = stack.enter_context(db.superuser())
    sides = [Side(name, connection, FULL) for name in ("holdfast", "express")]
    data.prepare(sides, tell=tell)
    data.employ_receptionist(connection)
    patients.enrol(connection)
    process = stack.enter_context(servers.holdfast(db))
    holdfast = Server(HOLDFAST, sides[0], Target(process.url, CLINIC), free_times)
    peers = []
    for workers in (1, 2):
        url = stack.enter_context(servers.express(db, workers=workers)).url
        peers.append(Server(f"express×{workers}", sides[1], Target(url), lambda day: f"/api/slots?date={day}"))
    return holdfast, process, peers


def _small(stack: ExitStack, db: Database, tell: Callable[[str], None]) -> Server:
    """Holdfast over a tenth of it."""
    connection = stack.enter_context(db.superuser())
    side = Side("holdfast", connection, TENTH)
    data.prepare([side], tell=tell)
    data.employ_receptionist(connection)
    url = stack.enter_context(servers.holdfast(db)).url
    return Server(f"{HOLDFAST}, a tenth", side, Target(url, CLINIC), free_times)


def _teller() -> Callable[[str], None]:
    began = time.monotonic()
    return lambda sentence: click.echo(f"{time.monotonic() - began:6.1f} s  {sentence}", err=True)


def _versions(postgres: int) -> dict[str, str]:
    def say(*command: str) -> str:
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return said.splitlines()[0] if said else "?"

    node, wrk = shutil.which("node") or "node", shutil.which("wrk") or "wrk"
    return {"postgres": f"{postgres // 10_000}.{postgres % 10_000}", "node": say(node, "-v"), "wrk": say(wrk, "-v")}


if __name__ == "__main__":
    main()
