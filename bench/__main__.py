"""python -m bench: Holdfast, its limit and its peers on one PostgreSQL, turn by turn."""

import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import click

from bench import data, load, report, servers
from bench.scenarios import Bench, Server, take_turns

FULL, QUICK = (8, 2), (3, 1)  # rounds, seconds of a slice


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="3 rounds of 1 s instead of 8 of 2 s: a look, not a measurement.")
@click.option("--only", help="Measure only scenarios whose name starts with this, e.g. booking.")
@click.option("--data", "parent", type=click.Path(path_type=Path), help="Where to put the database while it runs.")
def main(quick: bool, only: str | None, parent: Path | None) -> None:
    """Print the ratios with their bars and write bench/latest.json; ends with 1 when an answer was wrong."""
    rounds, seconds = QUICK if quick else FULL
    tell = _teller()
    load.ensure_wrk()
    servers.install_express()
    with ExitStack() as stack:
        tell("making the database")
        db = stack.enter_context(servers.database(parent))
        connection = stack.enter_context(db.superuser())
        holdfast, express = data.Side("holdfast"), data.Side("express")
        data.prepare(connection, [holdfast, express], tell=tell)
        contenders = [
            Server(f"express×{n}", express, stack.enter_context(servers.express(db, workers=n)), "/api/slots?date=")
            for n in (1, 2)
        ]
        scenarios = Bench(db, connection, holdfast, contenders).scenarios()
        chosen = [scenario for scenario in scenarios if scenario.name.startswith(only or "")]
        results = take_turns(chosen, rounds=rounds, seconds=seconds, tell=tell)
        versions = _versions(connection.info.server_version)
    lines = report.judge(results)
    report.show(lines, results)
    report.write(lines, results, rounds=rounds, seconds=seconds, versions=versions)
    raise SystemExit(1 if results.problems else 0)


def _teller():
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
