"""What a refusal looks like: a page for people, a problem document for programs."""

from datetime import timedelta
from typing import Any

from babel import Locale
from babel.units import format_unit
from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.core.errors import DomainError
from webapp.core.transactions import UNKNOWN, refusal_for

_LEFT_TO_RIGHT, _END = "\u2066", "\u2069"
_MACHINE_PATHS = ("/api", "/bookings", "/slots", "/health", "/ready")

RETRY_SECONDS = 60  # where nothing says better when the book is back

#: status -> (heading, what to do)
PAGES = {
    400: (_("This request did not work"), _("Go back, check what you entered and try again.")),
    403: (_("You may not see this page"), _("Ask an administrator of the clinic if you need it for your work.")),
    404: (_("There is no such page"), _("The address may be mistyped, or what it showed is gone.")),
    405: (_("This address cannot be opened like that"), _("Go back and use the buttons of the page.")),
    409: (_("Somebody was faster"), _("What you wanted to change has changed meanwhile. Go back and look again.")),
    413: (_("That was too much at once"), _("Send less text, or a smaller file.")),
    429: (_("Too many tries"), _("Wait a little before you try again.")),
    500: (
        _("Something went wrong on our side"),
        _(
            "It has been noted. What was booked before is safe. "
            "What you did just now counts only if you saw it confirmed."
        ),
    ),
    503: (
        _("The appointment book cannot be reached"),
        _("Nothing was booked or changed unless you saw it confirmed. Wait a minute, then try again."),
    ),
}
_OLD_FORM = _(
    "This form was open too long, or your browser keeps no cookies. Go back, reload the page and send it again."
)


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, answer)
    app.register_error_handler(HTTPException, answer)
    app.log_exception = _log  # type: ignore[method-assign]


def wants_json(path: str) -> bool:
    """Is this one of the addresses that programs talk to?"""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in _MACHINE_PATHS)


def _log(failure: Any) -> None:
    """Write down what failed, under the address as the program knows it: in the one that was asked for are secrets."""
    current_app.logger.error("Exception on %s [%s]", request.url_rule, request.method, exc_info=failure)


def sentence(error: DomainError) -> str:
    """The refusal in the reader's language, and lengths of time in it too."""
    params = {name: duration(one) if isinstance(one, timedelta) else one for name, one in error.params.items()}
    if "phone" in params:
        params["phone"] = one_way(params["phone"])
    return str(gettext(error.message, **params))


def one_way(number: str) -> str:
    """A phone number that reads from left to right in a text that does not."""
    is_rtl = (get_locale() or Locale("en")).text_direction == "rtl"
    return f"{_LEFT_TO_RIGHT}{number}{_END}" if is_rtl and number else number


def duration(length: timedelta) -> str:
    """A length of time in the largest unit that says it exactly: 2 days, 36 hours, 90 minutes."""
    seconds = length // timedelta(seconds=1)
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds % size == 0 and (seconds or unit == "minute"):
            return str(format_unit(seconds // size, f"duration-{unit}", locale=get_locale()))
    return str(format_unit(seconds, "duration-second", locale=get_locale()))


def answer(error: DomainError | HTTPException) -> Any:
    error = _understood(error)
    if wants_json(request.path):
        from webapp.blueprints.api.problems import problem_response  # the API imports this module

        return problem_response(getattr(error, "original_exception", None) or error)
    return error_page(error)


def _understood(error: DomainError | HTTPException) -> DomainError | HTTPException:
    """A failure nobody caught, as a refusal where it is one: the database was away, or too busy."""
    cause = getattr(error, "original_exception", None)
    refusal = refusal_for(cause) if cause else None
    return refusal if isinstance(refusal, DomainError) else error


def error_page(error: DomainError | HTTPException) -> Response:
    status = error.status if isinstance(error, DomainError) else error.code or 500
    heading, advice = PAGES.get(status, PAGES[400 if status < 500 else 500])
    if isinstance(error, CSRFError):
        advice = _OLD_FORM
    elif isinstance(error, DomainError) and error.message != UNKNOWN:
        advice = sentence(error)
    response = make_response(render_template("errors/page.html", status=status, heading=heading, advice=advice), status)
    retry_after = getattr(error, "retry_after", None) or (RETRY_SECONDS if status == 503 else None)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    if isinstance(error, HTTPException) and status == 405:
        response.headers.update({k: v for k, v in error.get_headers() if k == "Allow"})
    return response
