"""How often something may be tried. Counters live in the database, so that they hold over all processes."""

import hashlib
import hmac
import time

from flask import current_app, request
from limits import RateLimitItem, parse
from limits.strategies import FixedWindowRateLimiter

from webapp.core.errors import N_, TooManyAttempts
from webapp.core.rate_limits import PostgresStorage
from webapp.core.tenancy import current_tenant
from webapp.rules.addresses import network

TRIES_A_PERSON = parse("10 per 15 minutes")
TRIES_AN_ADDRESS = parse("100 per hour")
# A reference is no secret to whoever saw the letter, and a birth date is one of some thirty thousand days: at this rate
# the visit is over long before half of them are tried. Tries count for the reference from wherever they come.
FINDS_A_REFERENCE = parse("5 per hour")
FINDS_AN_ADDRESS = parse("60 per hour")
TRIALS_A_PERSON = parse("10 per hour")
WITHOUT_PROOF = parse("10 per hour")  # bookings from an address that did not do the work a clinic asks for
# Who joins the waiting list is written to, so that nobody can have somebody else written to all day.
JOINS_A_CONTACT = parse("10 per day")
JOINS_AN_ADDRESS = parse("60 per hour")
_JOINED_OFTEN = N_("You have joined the waiting list many times today. Use the link you were sent, or call the clinic.")
_REFUSED = N_("Too many tries to sign in. Wait a few minutes, then try again.")
_NOT_FOUND_AGAIN = N_("Too many tries. Wait an hour, use the link in a message from the clinic, or call.")
_ENOUGH_MAIL = N_("That is enough test mail for now. Wait an hour.")
_UNPROVED = N_(
    "Many bookings came from where you are, so your browser must show first that it is no program. "
    "Switch on JavaScript and send this again, or call the clinic. Your time stays held meanwhile."
)

_limits = FixedWindowRateLimiter(PostgresStorage())


def caller() -> str:
    """Where the request comes from, as far as limits tell callers apart."""
    return network(request.remote_addr or "")


def digest(*parts: str) -> str:
    """A key that says nothing about who it is."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def count_try(*, email: str) -> None:
    """Count one try to sign in before it is made, so that tries at the same moment cannot slip through together.

    Raises TooManyAttempts from the 11th for this address and e-mail, or the 101st from this address.
    """
    _hit(TRIES_AN_ADDRESS, _address(), _REFUSED)
    _hit(TRIES_A_PERSON, _person(email), _REFUSED)


def forget_tries(*, email: str) -> None:
    """The try was right: it does not count, and the ones before it not against this person any more."""
    _limits.clear(TRIES_A_PERSON, _person(email))
    _limits.hit(TRIES_AN_ADDRESS, _address(), cost=-1)


def count_find(*, reference: str) -> None:
    """Count one try to find a visit before it is made, whether or not there is such a visit.

    Raises TooManyAttempts from the 6th in an hour for this reference, or the 61st from this address.
    """
    _hit(FINDS_AN_ADDRESS, _finder(), _NOT_FOUND_AGAIN)
    _hit(FINDS_A_REFERENCE, _sought(reference), _NOT_FOUND_AGAIN)


def forget_finds(*, reference: str) -> None:
    """The visit was found: neither this try nor those before it count against whoever looked."""
    _limits.clear(FINDS_A_REFERENCE, _sought(reference))
    _limits.hit(FINDS_AN_ADDRESS, _finder(), cost=-1)


def count_unproved() -> None:
    """Count a booking at the current clinic without a proof of work. Raises TooManyAttempts from the 11th an hour."""
    _hit(WITHOUT_PROOF, digest("unproved", current_tenant(), caller()), _UNPROVED)


def count_trial(person: str) -> None:
    """Count one test mail. Raises TooManyAttempts from the 11th an hour."""
    _hit(TRIALS_A_PERSON, digest("trial", current_tenant(), person), _ENOUGH_MAIL)


def count_join(*, contact: str) -> None:
    """Count one more who joins the waiting list before it is done.

    Raises TooManyAttempts from the 11th in a day for this e-mail address or phone number, or the 61st in an hour from
    this address.
    """
    _hit(JOINS_AN_ADDRESS, digest("join", caller()), _JOINED_OFTEN)
    _hit(JOINS_A_CONTACT, digest("join", current_tenant(), contact.strip().casefold()), _JOINED_OFTEN)


def _hit(limit: RateLimitItem, key: str, refused: str) -> None:
    if not _limits.hit(limit, key):
        reset = _limits.get_window_stats(limit, key).reset_time
        raise TooManyAttempts(refused, retry_after=max(1, round(reset - time.time())))


def _address() -> str:
    return digest("sign-in", caller())


def _person(email: str) -> str:
    return digest("sign-in", caller(), current_tenant(), email.strip().casefold())


def _finder() -> str:
    return digest("find", caller())


def _sought(reference: str) -> str:
    return digest("find", current_tenant(), reference)
