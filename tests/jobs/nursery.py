"""Makes workers quickly, each a process of its own that can be killed: everything is loaded once, then forked.

Reads words from standard input: `wait` answers when the worker is gone, anything else makes one of that nature and
answers its pid. At the end of the input the worker that still runs is killed.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from webapp import create_app
from webapp.core import mail
from webapp.jobs import delivery
from webapp.services import messages
from webapp.web import letters


def careless() -> None:
    """Writes down that a letter was sent before it is."""

    def look_and_mark(*, lease):
        outgoing = messages.look_again(lease=lease)
        delivery.mark_sent(lease=lease)
        return outgoing

    delivery.look_again = look_and_mark


def hasty() -> None:
    """Sends what it has without looking whether it still holds."""
    messages.why_not = lambda *_args, **_more: None


def forgetful() -> None:
    """Gives a letter another name each time."""
    letters.message_id = lambda _message, _sender: f"<{uuid4()}@holdfast.example>"


def doubtful() -> None:
    """Sends each letter once more, to be sure."""
    send = mail.SmtpPost.send

    def send_twice(self, letter):
        send(self, letter)
        send(self, letter)

    mail.SmtpPost.send = send_twice


NATURES: dict[str, Callable[[], None]] = {
    "sound": lambda: None,
    "careless": careless,
    "hasty": hasty,
    "forgetful": forgetful,
    "doubtful": doubtful,
}


def main() -> None:
    app, pid = create_app(), 0
    print("ready", flush=True)
    for word in map(str.strip, sys.stdin):
        if word == "wait":
            os.waitpid(pid, 0)
            print("gone", flush=True)
        elif pid := os.fork():
            print(pid, flush=True)
        else:
            NATURES[word]()
            app.test_cli_runner().invoke(args=["worker"], catch_exceptions=False)
            os._exit(0)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
