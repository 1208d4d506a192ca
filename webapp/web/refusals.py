"""A refusal on its way to the page that shows it.

A form answers with the address of a page, whatever comes of it: so going back and reloading find pages alone, and no
browser asks whether to send a form again.
"""

from datetime import timedelta
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.core.errors import DomainError
from webapp.core.tenancy import current_tenant

_LENGTHS = "seconds"


def carry(error: DomainError) -> dict[str, str]:
    """The refusal, signed, as a query to carry along."""
    said = {name: _plain(value) for name, value in error.params.items()}
    return {"why": _serializer().dumps([current_tenant(), error.status, error.message, error.field, said])}


def carried() -> DomainError | None:
    """What was refused at this clinic, when the address of this page says so."""
    try:
        tenant_id, status, message, field, said = _serializer().loads(request.args.get("why", ""))
    except (BadSignature, ValueError, TypeError):
        return None
    if tenant_id != current_tenant():
        return None
    error = DomainError(message, field=field, **{name: _read(value) for name, value in said.items()})
    error.status = status
    return error


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="holdfast.refusal")


def _plain(value: Any) -> Any:
    return {_LENGTHS: value.total_seconds()} if isinstance(value, timedelta) else value


def _read(value: Any) -> Any:
    return timedelta(**value) if isinstance(value, dict) else value
