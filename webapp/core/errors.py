"""What can go wrong in words a person can act on: every refusal of the house is one of these."""

from typing import Any


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a sentence for the catalogue; the edge that shows it translates it."""
    return sentence


class DomainError(Exception):
    """A refusal with a sentence, the field it concerns and the HTTP status that fits it.

    ``message`` is the untranslated sentence with %(name)s places, ``params`` what goes into them.
    """

    status = 400

    def __init__(self, message: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params
        self.field = field


class InvalidInput(DomainError):
    status = 400


class Forbidden(DomainError):
    status = 403


class NotFound(DomainError):
    status = 404


class Conflict(DomainError):
    status = 409


class SlotTaken(Conflict):
    """Somebody else has the time: offer alternatives."""


class PatientBusy(Conflict):
    """The patient has another appointment at that time."""


class HoldExpired(Conflict):
    """The hold ran out, or was released, before it was confirmed."""


class StaleVersion(Conflict):
    """The row changed since the caller read it."""


class IdempotencyMismatch(DomainError):
    """The key was used before for something else."""

    status = 422


class TooManyAttempts(DomainError):
    """A limit on tries was reached; ``retry_after`` is in seconds."""

    status = 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(DomainError):
    """The database kept refusing in time; ``retry_after`` is in seconds. Nothing was changed."""

    status = 503

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
