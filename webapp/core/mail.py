"""How mail leaves the house: SMTP by settings, or the console where none is set up."""

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol, TextIO
from urllib.parse import unquote, urlsplit


class Delayed(Exception):
    """It did not go out this time; ``code`` says why in a word, for a log that names nobody, and ``answer`` what the
    server said, which may."""

    def __init__(self, code: str, answer: str = "") -> None:
        super().__init__(code)
        self.code, self.answer = code, answer


class Unreachable(Delayed):
    """Nothing goes out this way at the moment, whoever it is for."""


class Refused(Delayed):
    """It will not go out, however often it is tried."""


class Post(Protocol):
    """A way for mail to leave. Neither raises anything but Delayed and its kinds; sending answers what the server
    said to it."""

    def open(self) -> None: ...
    def send(self, letter: EmailMessage) -> str: ...
    def close(self) -> None: ...


class _Listening(smtplib.SMTP):
    """Remembers what the server said last, which smtplib keeps to itself when all went well."""

    said = ""

    def getreply(self) -> tuple[int, bytes]:
        code, words = super().getreply()
        self.said = _answer(code, words)
        return code, words


class _ListeningOverTls(_Listening, smtplib.SMTP_SSL):
    """The same with TLS from the start."""


class SmtpPost:
    """Mail over SMTP; the connection is kept between letters. ``timeout`` in seconds, for each answer of the server.

    ``url`` is smtp://user:password@host:587 (STARTTLS where it is offered; where it ``needs_tls``, nothing goes out
    without) or smtps://… (TLS from the start).
    """

    def __init__(self, url: str, *, timeout: float, needs_tls: bool = True) -> None:
        self._url, self._timeout, self._needs_tls = urlsplit(url), timeout, needs_tls
        self._server: _Listening | None = None

    def open(self) -> None:
        """Connect, or see that the connection still stands. Raises Unreachable."""
        if self._server is not None and self._answers(self._server):
            return
        self.close()
        try:
            self._server = self._connect()
        except smtplib.SMTPResponseException as error:
            code = "sign-in" if isinstance(error, smtplib.SMTPAuthenticationError) else _word(error)
            raise Unreachable(code, _answer(error.smtp_code, error.smtp_error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(_word(error)) from None

    def send(self, letter: EmailMessage) -> str:
        """Hand a letter over. Raises Refused, Delayed, Unreachable."""
        if self._server is None:
            self.open()
        assert self._server is not None
        try:
            self._server.send_message(letter)
            return self._server.said
        except smtplib.SMTPRecipientsRefused as error:
            raise _by_code(*next(iter(error.recipients.values()))) from None
        except (smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
            raise _by_code(error.smtp_code, error.smtp_error) from None
        except (smtplib.SMTPNotSupportedError, ValueError):
            raise Refused("address") from None  # it needs letters the server does not take
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Delayed(_word(error)) from None

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _answers(self, server: smtplib.SMTP) -> bool:
        try:
            return server.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _connect(self) -> _Listening:
        host, context = self._url.hostname or "", ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: _Listening = _ListeningOverTls(host, self._url.port or 465, timeout=self._timeout, context=context)
        else:
            server = _Listening(host, self._url.port or 25, timeout=self._timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if self._url.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=context)
            elif self._url.scheme == "smtp" and self._needs_tls:
                raise smtplib.SMTPNotSupportedError("no TLS for the password")
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except BaseException:
            server.close()
            raise
        return server


class ConsolePost:
    """The demo's way: each letter is written out where the server was started, and goes nowhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def open(self) -> None:
        """Always there."""

    def send(self, letter: EmailMessage) -> str:
        text = letter.get_body(("plain",))
        words = text.get_content() if text else ""
        head = "".join(f"  {name}: {letter[name]}\n" for name in ("To", "Subject", "Message-ID") if letter[name])
        body = "".join(f"  | {line}\n" for line in words.strip().splitlines())
        self._out.write(f"Demo mail, shown here and not sent:\n{head}{body}")
        self._out.flush()
        return ""

    def close(self) -> None:
        """Nothing is open."""


class NoPost:
    """Where mail is not set up: nothing is tried, and the log says why."""

    def open(self) -> None:
        raise Refused("not set up")

    def send(self, letter: EmailMessage) -> str:
        raise Refused("not set up")

    def close(self) -> None:
        """Nothing is open."""


def mailbox(address: str, *, name: str = "") -> Address:
    """An address for a letter's head. Raises Refused for what is none."""
    try:
        return Address(display_name=" ".join(name.split()), addr_spec=address)
    except (ValueError, LookupError, MessageError):
        raise Refused("address") from None


def _by_code(code: int, words: bytes | str) -> Delayed:
    kind = Refused if 500 <= code < 600 else Delayed
    return kind(str(code), _answer(code, words))


def _answer(code: int, words: bytes | str) -> str:
    """What a server said, on one line."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return " ".join(f"{code} {said}".split())


def _word(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "no TLS" if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError) else "connection"
