"""A refusal on its way to the page that shows it.

A form answers with the address of a page, whatever comes of it: so going back and reloading find pages alone, and no
browser asks whether to send a form again.
"""

from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.core.errors import DomainError, TooManyAttempts
from webapp.core.tenancy import current_tenant

_LENGTHS = "seconds"


def carry(error: DomainError) -> dict[str, str]:
    """The refusal, signed, as a query to carry along."""
    said = {name: _plain(value) for name, value in error.params.items()}
    wait = getattr(error, "retry_after", 0)
    return {"why": _serializer().dumps([current_tenant(), error.status, error.message, error.field, said, wait])}


def carried() -> DomainError | None:
    """What was refused at this clinic, when the address of this page says so; the page then says when to try again."""
    try:
        tenant_id, status, message, field, said, wait = _serializer().loads(request.args.get("why", ""))
    except (BadSignature, ValueError, TypeError):
        return None
    if tenant_id != current_tenant():
        return None
    if status == TooManyAttempts.status:
        return _try_again(TooManyAttempts(message, retry_after=wait))
    error = DomainError(message, field=field, **{name: _read(value) for name, value in said.items()})
    error.status = status
    return error


def _try_again(error: TooManyAttempts) -> TooManyAttempts:
    """With the page goes when, for programs: they meet limits first."""

    @after_this_request
    def told(response: Response) -> Response:
        response.headers["Retry-After"] = str(error.retry_after)
        return response

    return error


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="holdfast.refusal")


def _plain(value: Any) -> Any:
    return {_LENGTHS: value.total_seconds()} if isinstance(value, timedelta) else value


def _read(value: Any) -> Any:
    return timedelta(**value) if isinstance(value, dict) else value
