"""Secret links."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.core.tenancy import current_tenant


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"holdfast.link.{purpose}")


def seal(purpose: str, row_id: UUID) -> str:
    """The token of a link that opens this row for one purpose, at this clinic only."""
    return str(_serializer(purpose).dumps([current_tenant(), row_id.hex]))


def unseal(purpose: str, token: str) -> UUID | None:
    """The row's id behind a token; None when it was not sealed for this purpose and clinic."""
    try:
        tenant_id, row_id = _serializer(purpose).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return UUID(row_id) if tenant_id == current_tenant() else None
