"""What an administrator sets for the whole clinic."""

from dataclasses import asdict, dataclass
from datetime import time

from webapp.rules.idempotency import fingerprint


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """The clinic's own columns; ``timezone`` is an IANA name, lengths are in the units their names say, times of day by
    the clinic's clocks.
    """

    name: str
    phone: str | None
    address: str | None
    timezone: str
    locale: str
    public_booking: bool
    closed_message: str
    notice_minutes: int
    horizon_days: int
    bookings_a_person: int | None
    required_fields: list[str]
    cancel_cutoff_minutes: int
    move_cutoff_minutes: int
    terms: str
    terms_link: str
    hold_seconds: int
    offer_seconds: int
    offers_by_itself: bool
    reminder_hours: list[int]
    quiet_from: time
    quiet_until: time

    @property
    def digest(self) -> str:
        """What tells these settings from others."""
        return fingerprint(asdict(self))
