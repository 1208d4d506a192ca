"""How short messages leave the house: one POST to a gateway by settings, or the console where none is set up."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Protocol, TextIO

from webapp.core.mail import Delayed, Refused

_TRY_AGAIN = {408, 409, 425, 429}


class SmsGateway(Protocol):
    """A way for short messages to leave. Raises nothing but Delayed and its kinds."""

    def send(self, *, to: str, text: str, key: str) -> None: ...


class HttpSms:
    """POSTs {"to": "+49…", "text": "…"} with a bearer token; the same message carries the same Idempotency-Key, by
    which the gateway tells a repetition. ``timeout`` in seconds.
    """

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        self._url, self._token, self._timeout = url, token, timeout

    def send(self, *, to: str, text: str, key: str) -> None:
        """Hand a message over; ``to`` in E.164. Raises Refused, Delayed."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = json.dumps({"to": to, "text": text}).encode()
        request = urllib.request.Request(self._url, body, headers, method="POST")  # noqa: S310 - http or https by settings
        try:
            with urllib.request.urlopen(request, timeout=self._timeout):  # noqa: S310
                pass
        except urllib.error.HTTPError as error:
            error.close()
            again = error.code >= 500 or error.code in _TRY_AGAIN
            raise (Delayed if again else Refused)(str(error.code)) from None
        except TimeoutError:
            raise Delayed("timeout") from None
        except (OSError, http.client.HTTPException):
            raise Delayed("connection") from None


class ConsoleSms:
    """The demo's way: written out, sent nowhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def send(self, *, to: str, text: str, key: str) -> None:
        self._out.write(f"Demo SMS, shown here and not sent:\n  To: {to}\n  | {text}\n")
        self._out.flush()


class NoSms:
    """Where no gateway is set up."""

    def send(self, *, to: str, text: str, key: str) -> None:
        raise Refused("not set up")
