"""A mail server of the tests' own: it takes letters over real SMTP and can be told to misbehave."""

import email
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.conftest import free_port
from webapp.core.mail import SmtpPost

#: What a sink can be told to do with a letter; called with its envelope and the server's session.
Mood = Callable[[Any], str]


@dataclass
class Letters:
    """What came in, whole and in order, whatever the server then said about it."""

    mood: Mood = lambda _server: "250 OK"
    refuse: set[str] = field(default_factory=set)
    got: list[EmailMessage] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.refuse:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        letter = email.message_from_bytes(envelope.content, policy=default)
        answer = self.mood(server)
        if not answer.startswith("lost"):
            with self._lock:
                self.got.append(letter)
        return answer.removeprefix("lost ")

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(letter["Message-ID"]) for letter in self.got)


@dataclass
class Sink:
    letters: Letters
    port: int

    def post(self, *, timeout: float = 5) -> SmtpPost:
        return SmtpPost(f"smtp://127.0.0.1:{self.port}", timeout=timeout, needs_tls=False)


@pytest.fixture
def sink() -> Iterator[Sink]:
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Sink(letters, controller.port)
    finally:
        controller.stop()
