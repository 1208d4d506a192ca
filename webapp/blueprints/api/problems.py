"""Every refusal of the API as JSON: RFC 9457 members, and `error` with the same sentence."""

import logging
from http import HTTPStatus
from typing import Any

from apiflask.exceptions import _ValidationError
from flask import Response, json
from werkzeug.exceptions import HTTPException

from webapp.core.errors import DomainError

log = logging.getLogger(__name__)

SENTENCES = {
    400: "The request could not be understood. Send valid JSON.",
    404: "There is nothing at this address.",
    405: "This address does not answer to that method.",
    413: "The request is too large. Send at most 64 kB.",
    415: "Send the body as JSON, with Content-Type: application/json.",
    429: "Too many requests. Wait a little, then try again.",
    500: "Something went wrong on our side. It was logged; please try again later.",
    503: "The appointment book cannot be reached at the moment. Please try again.",
}


def problem(status: int, sentence: str, /, **members: Any) -> Response:
    """A problem document; further members stand beside the standard ones, or replace them."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "error": sentence,
    } | members
    return Response(json.dumps(body), status=status, content_type="application/problem+json")


def problem_response(error: Exception) -> Response:
    """The answer to a failed API request; what is not for the caller to mend is logged and stays unexplained."""
    if isinstance(error, DomainError):
        members = {"field": error.field} if error.field else {}
        response = problem(error.status, str(error), **members)
        retry_after = getattr(error, "retry_after", None)
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response
    if isinstance(error, _ValidationError):
        faults = [(field, "; ".join(said)) for part in error.detail.values() for field, said in part.items()]
        sentence = "Mend these members and send it again: " + ", ".join(f"{field}: {said}" for field, said in faults)
        return problem(400, sentence, errors=error.detail)
    if isinstance(error, HTTPException):
        response = problem(error.code or 500, SENTENCES.get(error.code or 500, error.description or ""))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response
    if isinstance(error, RecursionError):
        return problem(400, "The body is nested too deeply. Send plain JSON.")
    log.error("request failed", exc_info=error)
    return problem(500, SENTENCES[500])
