"""Ratios and their bars: the table on the screen and bench/latest.json."""

import json
import os
import platform
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bench.load import Slice
from bench.scenarios import BEFORE, GROWN, HOLDFAST, ILIKE, IN_FULL, LIMIT, NOT_MODIFIED, STATEMENT, YARDSTICK
from bench.turns import Results

LATEST = Path(__file__).parent / "latest.json"
EXPRESS = "express"
MEASURED = ("rate", "p50", "p95", "p99", "longest", "megabytes")


@dataclass(frozen=True)
class Bar:
    """One promised ratio: `measured` of `ours` over that of the best contender whose name starts with `over`.

    With nobody to be over it is the measured value itself that must keep the bar; latencies are in milliseconds.
    """

    key: str
    scenario: str
    over: str | None
    measured: str
    bar: float
    aim: float | None = None
    ours: str = HOLDFAST

    @property
    def at_least(self) -> bool:
        return self.measured == "rate"

    def kept_by(self, ratio: float) -> bool:
        return ratio >= self.bar if self.at_least else ratio <= self.bar


BARS = [
    Bar("booking.uncontended.vs_limit", "booking.uncontended", LIMIT, "rate", 0.25, 0.36),
    Bar("booking.uncontended.vs_express", "booking.uncontended", EXPRESS, "rate", 1.3, 2),
    Bar("booking.hot.vs_limit", "booking.hot", LIMIT, "rate", 0.60),
    Bar("booking.hot.vs_express", "booking.hot", EXPRESS, "rate", 2.0, 3),
    Bar("burst.1000.p99_vs_express", "burst.1000", EXPRESS, "p99", 0.5),
    Bar("day_page.vs_sql", "day_page", YARDSTICK, "p50", 5),
    Bar("day_page.304_vs_page", "day_page", HOLDFAST, "p50", 0.25, ours=NOT_MODIFIED),
    Bar("availability.vs_express", "availability", EXPRESS, "rate", 1.5),
    Bar("availability.all_vs_express", "availability", EXPRESS, "rate", 1.5, ours=IN_FULL),
    Bar("patient_search.vs_ilike", "patient_search", ILIKE, "p50", 1, ours=STATEMENT),
    Bar("patient_search.page_vs_ilike", "patient_search", ILIKE, "p50", 2),
    Bar("patient_search.page_p95_ms", "patient_search", None, "p95", 300),
    Bar("growth.booking_p50", "growth.booking", BEFORE, "p50", 1.1, ours=GROWN),
    Bar("growth.day_p50", "growth.day", BEFORE, "p50", 1.2, ours=GROWN),
    Bar("growth.availability_p50", "growth.availability", BEFORE, "p50", 1.2, ours=GROWN),
    Bar("memory.web_growth", "memory", BEFORE, "megabytes", 1.05, ours=GROWN),
]


@dataclass(frozen=True)
class Line:
    """What became of one bar; `ratio` (or the value) is the median over the rounds, `low` and `high` their extremes."""

    bar: Bar
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    against: str | None = None

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not measured"
        return "kept" if self.bar.kept_by(self.ratio) else "MISSED"


def judge(results: Results) -> list[Line]:
    return [_line(bar, results) for bar in BARS]


def _line(bar: Bar, results: Results) -> Line:
    ours = results.slices.get((bar.scenario, bar.ours))
    if ours and bar.over is None:
        values = _values(ours, bar.measured)
        return Line(bar, statistics.median(values), min(values), max(values))
    others = {
        name: slices
        for (scenario, name), slices in results.slices.items()
        if bar.over and scenario == bar.scenario and name.startswith(bar.over) and name != bar.ours
    }
    if not ours or not others:
        return Line(bar)
    best = max if bar.at_least else min
    against = best(others, key=lambda name: _median(others[name], bar.measured))
    pairs = zip(_values(ours, bar.measured), _values(others[against], bar.measured), strict=True)
    ratios = [mine / theirs for mine, theirs in pairs if theirs]
    if not ratios:
        return Line(bar)
    return Line(bar, statistics.median(ratios), min(ratios), max(ratios), against)


def _values(slices: list[Slice], measured: str) -> list[float]:
    return [getattr(each, measured) for each in slices]


def _median(slices: list[Slice], measured: str) -> float:
    return statistics.median(_values(slices, measured))


def show(lines: list[Line], results: Results, *, load_before: float) -> None:
    """Print what was measured, the ratios with their bars, and loudly whatever makes them worthless."""
    click.echo(f"\nload average {load_before:.1f} before the run, {os.getloadavg()[0]:.1f} at its end")
    click.echo("\n" + "\n".join(_medians(results)))
    if results.notes:
        click.echo("\n" + "\n".join(results.notes))
    click.echo(f"\n{'ratio':32}{'value':>8}{'low–high':>16}   {'bar':>7}{'aim':>6}   verdict")
    for line in lines:
        click.echo(_row(line))
    if results.problems:
        click.secho(f"\nINVALID: {len(results.problems)} slices went wrong, these ratios mean nothing.", fg="red")
        for sentence in results.problems[:20]:
            click.secho(f"  {sentence}", fg="red")


def _medians(results: Results) -> Iterator[str]:
    columns = "".join(f"{name:>10}" for name in ("p50 ms", "p95 ms", "p99 ms"))
    yield f"{'median of the slices':24}{'':14}{'per second':>12}{columns}{'longest ms':>12}"
    for (scenario, name), slices in results.slices.items():
        rate, p50, p95, p99, longest, megabytes = (_median(slices, each) for each in MEASURED)
        tail = f"{p95:.2f}" if p95 else "–"
        latencies = f"{p50:>10.2f}{tail:>10}{p99:>10.2f}{longest:>12.2f}" if p50 else ""
        yield f"{scenario:24}{name:14}" + (f"{megabytes:>12,.1f} MB" if megabytes else f"{rate:>12,.0f}{latencies}")


def _row(line: Line) -> str:
    bar, sign = line.bar, "≥" if line.bar.at_least else "≤"
    value, spread = "", ""
    if line.ratio is not None:
        value, spread = f"{line.ratio:.2f}", f"{line.low:.2f}–{line.high:.2f}"
    aim = f"{bar.aim:g}" if bar.aim else ""
    against = f" (against {line.against})" if line.against and bar.over == EXPRESS else ""
    return f"{bar.key:32}{value:>8}{spread:>16}   {sign + f' {bar.bar:g}':>7}{aim:>6}   {line.verdict}{against}"


def write(
    lines: list[Line], results: Results, *, rounds: int, seconds: float, versions: dict[str, str], load_before: float
) -> None:
    """Leave the same in bench/latest.json, with the machine it was measured on."""
    told: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": rounds,
        "seconds": seconds,
        "machine": {"processors": os.cpu_count(), "system": platform.platform(), **versions},
        "load_average": {"before": load_before, "after": os.getloadavg()[0]},
        "problems": results.problems,
        "notes": results.notes,
        "ratios": {line.bar.key: _told(line) for line in lines},
        "measured": {
            f"{scenario}.{name}": {measured: _values(slices, measured) for measured in MEASURED}
            for (scenario, name), slices in results.slices.items()
        },
    }
    LATEST.write_text(json.dumps(told, indent=1) + "\n")


def _told(line: Line) -> dict[str, Any]:
    ratio = {"ratio": line.ratio, "low": line.low, "high": line.high, "against": line.against}
    bar = {"bar": line.bar.bar, "sense": "at least" if line.bar.at_least else "at most", "aim": line.bar.aim}
    return ratio | bar | {"verdict": line.verdict}
