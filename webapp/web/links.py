"""Secret links and the short reference of an appointment."""

from uuid import UUID

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.core.tenancy import current_tenant

#: No letter or digit that is taken for another: no 0 and O, no 1, I and L, no U beside V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 44  # 30 ** 9 is just above 2 ** 44


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"holdfast.link.{purpose}")


def seal(purpose: str, appointment_id: UUID) -> str:
    """The token of a link that opens this appointment for one purpose, at this clinic only."""
    return str(_serializer(purpose).dumps([current_tenant(), appointment_id.hex]))


def unseal(purpose: str, token: str) -> UUID | None:
    """The appointment behind a token; None when it was not sealed for this purpose and clinic."""
    try:
        tenant_id, appointment_id = _serializer(purpose).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return UUID(appointment_id) if tenant_id == current_tenant() else None


def reference(appointment_id: UUID) -> str:
    """What a patient reads out on the phone: nine letters and digits, from the random end of the id."""
    rest = appointment_id.int & ((1 << _BITS) - 1)
    letters = ""
    for _ in range(9):
        rest, letter = divmod(rest, len(LETTERS))
        letters = LETTERS[letter] + letters
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
