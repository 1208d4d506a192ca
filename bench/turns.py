"""Who is measured at what, and taking turns at it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench.load import Slice


@dataclass(frozen=True)
class Contender:
    name: str
    slice: Callable[[float], Slice]


@dataclass(frozen=True)
class Scenario:
    """Contenders that take their slices in turn."""

    name: str
    contenders: list[Contender]


@dataclass
class Results:
    """Every slice that counts, by scenario and contender; all that went wrong; sentences about what no ratio says."""

    slices: dict[tuple[str, str], list[Slice]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, scenario: str, contender: str, done: Slice) -> list[str]:
        """Keep a slice; what went wrong in it, as sentences."""
        self.slices.setdefault((scenario, contender), []).append(done)
        return self.blame(scenario, contender, done)

    def blame(self, scenario: str, contender: str, done: Slice) -> list[str]:
        found = [f"{scenario}, {contender}: {problem}" for problem in done.problems]
        self.problems += found
        return found


def take_turns(
    scenarios: list[Scenario], results: Results, *, rounds: int, seconds: float, tell: Callable[[str], None]
) -> None:
    """Every round gives each contender one slice, starting with another one each time; round 0 only warms up."""
    for turn in range(rounds + 1):
        tell(f"round {turn} of {rounds}" if turn else "warming up")
        for scenario in scenarios:
            start = turn % len(scenario.contenders)
            for contender in scenario.contenders[start:] + scenario.contenders[:start]:
                done = contender.slice(seconds if turn else 1)
                keep = results.add if turn else results.blame
                for sentence in keep(scenario.name, contender.name, done):
                    tell(f"  INVALID {sentence}")
