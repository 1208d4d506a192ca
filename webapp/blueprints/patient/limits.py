"""How many times a visitor may hold: enough for a family that cannot decide, too few to empty a clinic's book.

The counts are read before a time is held, so that requests at the same moment may pass a limit by as many as the server
answers at once: what is limited is nuisance, no promise hangs on it.
"""

from datetime import datetime, timedelta
from typing import Final

from webapp.core.errors import N_, TooManyAttempts
from webapp.core.tenancy import current_tenant
from webapp.queries.patient_holds import AN_HOUR, held_lately
from webapp.web import clock, throttle

#: A family of four for two visits each is eight; whoever changes a time gives the other one back.
HELD_AT_ONCE: Final = 8
#: One every two minutes, for an hour of weighing one time against another.
HELD_AN_HOUR: Final = 30
#: An address may be a waiting room's wireless network or a mobile carrier's: a hundred people who choose at once.
HELD_AT_ONCE_AN_ADDRESS: Final = 100
HELD_AN_HOUR_AN_ADDRESS: Final = 600

_MANY_NOW = N_(
    "You are holding as many times as one browser may. Book one of them or give it back, or wait until one runs out."
)
_MANY_AN_HOUR = N_("You have held many times in the last hour. Go on with the one you hold, or call the clinic.")
_ADDRESS = N_(
    "Very many times are being held from your network at the moment. Try again in some minutes, or call the clinic."
)


def check_limits(*, visitor: str, adding: int = 1, giving_back: int = 0) -> None:
    """Raise TooManyAttempts, with the seconds to wait, for a browser or an address that would hold too much.

    They are about to hold so many times more, and to give so many back for them.
    """
    now = clock.now()
    lately = held_lately(visitor=visitor, address=address(), now=now)
    if lately.held_by_browser - giving_back + adding > HELD_AT_ONCE:
        raise TooManyAttempts(_MANY_NOW, retry_after=_until(lately.next_end, now))
    if lately.by_browser + adding > HELD_AN_HOUR:
        raise TooManyAttempts(_MANY_AN_HOUR, retry_after=round(AN_HOUR.total_seconds() / 4))
    if lately.held_by_address + adding > HELD_AT_ONCE_AN_ADDRESS:
        raise TooManyAttempts(_ADDRESS, retry_after=_until(lately.next_end, now))
    if lately.by_address + adding > HELD_AN_HOUR_AN_ADDRESS:
        raise TooManyAttempts(_ADDRESS, retry_after=round(AN_HOUR.total_seconds() / 4))


def address() -> str:
    """Where the request comes from, as a digest."""
    return throttle.digest("address", current_tenant(), throttle.caller())


def _until(end: datetime | None, now: datetime) -> int:
    return max(1, round(((end or now) - now) / timedelta(seconds=1)))
