"""A ticket opens what it names, for one purpose, for two hours."""

from datetime import UTC, datetime

import pytest
import time_machine

from webapp.core.tickets import LIFETIME, BadTicket, honour, issue

NAMES = ["harbour", "2031-03-03", "2031-03-03"]
NOW = datetime(2031, 3, 3, 9, tzinfo=UTC)


def test_it_says_what_it_names_and_until_when():
    with time_machine.travel(NOW, tick=False):
        ticket = issue("secret", purpose="days", names=NAMES)
        assert honour("secret", purpose="days", ticket=ticket) == (NAMES, NOW + LIFETIME)


def test_it_ends():
    with time_machine.travel(NOW, tick=False) as clock:
        ticket = issue("secret", purpose="days", names=NAMES)
        clock.shift(LIFETIME.total_seconds() + 1)
        with pytest.raises(BadTicket):
            honour("secret", purpose="days", ticket=ticket)


@pytest.mark.parametrize("bend", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "", lambda t: t.swapcase()])
def test_a_forged_one_opens_nothing(bend):
    with pytest.raises(BadTicket):
        honour("secret", purpose="days", ticket=bend(issue("secret", purpose="days", names=NAMES)))


@pytest.mark.parametrize(("secret", "purpose"), [("another", "days"), ("secret", "nights")])
def test_one_for_something_else_opens_nothing(secret, purpose):
    with pytest.raises(BadTicket):
        honour(secret, purpose=purpose, ticket=issue("secret", purpose="days", names=NAMES))
