"""Signed tickets that one process gives out and another honours: what they open, and until when."""

from datetime import UTC, datetime, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

LIFETIME = timedelta(hours=2)


class BadTicket(Exception):
    """Forged, too old, or meant for something else."""


def issue(secret_key: str, *, purpose: str, names: list[str]) -> str:
    """A ticket for one purpose that names what it opens; it lasts two hours."""
    return str(_serializer(secret_key, purpose).dumps(names))


def honour(secret_key: str, *, purpose: str, ticket: str) -> tuple[list[str], datetime]:
    """What the ticket names and when it ends (UTC). Raises BadTicket."""
    try:
        names, issued = _serializer(secret_key, purpose).loads(
            ticket, max_age=int(LIFETIME.total_seconds()), return_timestamp=True
        )
    except BadData:
        raise BadTicket from None
    return names, issued.astimezone(UTC) + LIFETIME


def _serializer(secret_key: str, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key, salt=f"holdfast.ticket.{purpose}")
