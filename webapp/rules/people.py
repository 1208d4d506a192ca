"""People as the house speaks of them before they have a row."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class NewPatient:
    """Somebody the clinic does not know yet; ``phone`` in E.164 where it could be read, ``contact`` as it was given."""

    full_name: str
    email: str | None = None
    phone: str | None = None
    contact: str | None = None
    date_of_birth: date | None = None
