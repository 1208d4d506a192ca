"""A mail server that fails, hangs and dies at random, and a count of what came of it."""

import asyncio
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP

HANG = 1.3  # seconds: longer than the worker waits for an answer
_NAME = re.compile(rb"^Message-ID:\s*<([^@>]+)@", re.MULTILINE | re.IGNORECASE)


@dataclass
class Arrival:
    """A letter that the server has. ``answered``: the worker was told so, or at least could have been."""

    name: str
    worker: int
    answered: bool = True


@dataclass(frozen=True)
class Cancelled:
    """A visit whose cancellation was committed by now; ``worker`` may have had a letter about it in its hands."""

    visit: UUID
    worker: int


@dataclass
class UnrulyServer:
    """Takes letters and misbehaves by ``chance``; ``struck`` is called with how many it has while it holds one.

    What happens is written down in the order it happened.
    """

    chance: random.Random
    hangs: float = 0.01
    struck: Callable[[int], None] = lambda _count: None
    worker: int = 0  # the number of the one that is at work
    unruly: bool = True
    story: list[Arrival | Cancelled] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_EHLO(self, server: SMTP, session: Any, envelope: Any, name: str, answers: list[str]) -> list[str]:  # noqa: N802
        session.host_name, session.worker = name, self.worker
        return ["554 nothing today"] if self._happens("554 at the door", 0.02) else answers

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if self._happens("hang before a letter", self.hangs):
            await asyncio.sleep(HANG)
        if self._happens("451 before a letter", 0.04):
            return "451 come back"
        if self._happens("554 before a letter", 0.02):
            return "554 never"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        if self._happens("451 after a letter, not taken", 0.04):
            return "451 come back"
        name = _NAME.search(envelope.content)
        arrival = Arrival(name[1].decode() if name else "", session.worker)
        with self._lock:
            self.story.append(arrival)
            count = len(self.arrivals)
        self.struck(count)
        if self._happens("dead after a letter, taken", 0.04):
            arrival.answered = False
            server.transport.abort()
        elif self._happens("hang after a letter, taken", self.hangs):
            arrival.answered = False
            await asyncio.sleep(HANG)
        elif self._happens("451 after a letter, taken", 0.01):
            arrival.answered = False
            return "451 come back"
        return "250 OK"

    @property
    def arrivals(self) -> list[Arrival]:
        return [one for one in self.story if isinstance(one, Arrival)]

    def cancelled(self, visit: UUID) -> None:
        """Write down that a cancellation is committed."""
        with self._lock:
            self.story.append(Cancelled(visit, self.worker))

    def wait_for(self, count: int, *, until: Callable[[], bool] = lambda: False, within: float = 90) -> None:
        """Return once so many letters have come, or something else is so; fail where none comes for ``within`` s."""
        seen, deadline = len(self.arrivals), time.monotonic() + within
        while seen < count and not until():
            assert time.monotonic() < deadline, f"{seen} letters came, and no more"
            time.sleep(0.01)
            if (now := len(self.arrivals)) > seen:
                seen, deadline = now, time.monotonic() + within

    def _happens(self, what: str, how_often: float) -> bool:
        happens = self.unruly and self.chance.random() < how_often
        if happens:
            self.faults[what] = self.faults.get(what, 0) + 1
        return happens


@dataclass(frozen=True)
class Intent:
    """A row of the outbox at the end."""

    id: UUID
    appointment_id: UUID
    kind: str
    status: str
    error: str | None


@dataclass(frozen=True)
class Tally:
    """What must not be (``lost``, ``nameless``, ``stale``), and each letter too many by its cause."""

    letters: int
    lost: list[UUID]  # intents that neither arrived nor were left out for a reason that holds
    nameless: list[str]  # letters whose Message-ID is no intent's
    stale: list[UUID]  # confirmations of a visit that was cancelled before the worker looked at it
    unanswered: int  # came again since the server took the letter and then failed, hung or died
    killed: int  # came again since the worker was killed with the letter in the server's hands
    needless: int  # came again without either

    def __str__(self) -> str:
        return (
            f"{self.letters} letters arrived; lost {len(self.lost)}, without a known name {len(self.nameless)}, "
            f"of cancelled visits {len(self.stale)}; came again: {self.unanswered} that the server took without saying "
            f"so, {self.killed} whose worker was killed, {self.needless} others"
        )


def tally(story: list[Arrival | Cancelled], intents: list[Intent], *, killed: set[int]) -> Tally:
    """Count. ``killed`` are the workers that were; each had at most one letter in its hands, its last."""
    arrivals = [one for one in story if isinstance(one, Arrival)]
    names = {arrival.name for arrival in arrivals}
    over = {one.visit for one in story if isinstance(one, Cancelled)}
    return Tally(
        letters=len(arrivals),
        lost=[one.id for one in intents if not _is_settled(one, arrived=str(one.id) in names, over=over)],
        nameless=sorted(names - {str(intent.id) for intent in intents}),
        stale=_stale(story, {str(one.id): one.appointment_id for one in intents if one.kind == "CONFIRMATION"}),
        **_again(arrivals, killed),
    )


def _is_settled(intent: Intent, *, arrived: bool, over: set[UUID]) -> bool:
    if intent.status == "SKIPPED":
        return intent.appointment_id in over and intent.error in ("cancelled", "superseded")
    return arrived if intent.status == "SENT" else intent.status == "FAILED" and intent.error == "554"


def _again(arrivals: list[Arrival], killed: set[int]) -> dict[str, int]:
    causes = {"unanswered": 0, "killed": 0, "needless": 0}
    last_of = {arrival.worker: arrival for arrival in arrivals}
    before: dict[str, Arrival] = {}
    for arrival in arrivals:
        if (earlier := before.get(arrival.name)) is not None:
            by_kill = earlier.worker in killed and last_of[earlier.worker] is earlier
            causes["killed" if by_kill else "needless" if earlier.answered else "unanswered"] += 1
        before[arrival.name] = arrival
    return causes


def _stale(story: list[Arrival | Cancelled], confirms: dict[str, UUID]) -> list[UUID]:
    """Confirmations of visits that were over. A worker has one letter in its hands at a time, so only the first that
    comes after a cancellation, from the worker of that moment, can have been looked at before it."""
    excused: dict[UUID, int | None] = {}  # of a visit that is over: who may still send one letter about it
    stale = []
    for one in story:
        if isinstance(one, Cancelled):
            excused[one.visit] = one.worker
            continue
        about = confirms.get(one.name)
        if about in excused and excused[about] != one.worker:
            stale.append(about)
        excused = dict.fromkeys(excused)
    return stale
