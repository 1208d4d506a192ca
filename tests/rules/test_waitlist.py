"""When a time may be offered, and for how long."""

from datetime import UTC, datetime, time, timedelta

import pytest

from webapp.rules.waitlist import OfferRules, Reach, may_wait_for_morning, offer_time

NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def rules(*, zone="UTC", seconds=1800, notice=0, quiet=(time(20), time(8))) -> OfferRules:
    return OfferRules(zone, seconds, notice, *quiet)


@pytest.mark.parametrize(
    ("ahead", "notice", "stands"),
    [
        (timedelta(days=1), 0, HALF_AN_HOUR),
        (timedelta(minutes=20), 0, timedelta(minutes=20)),
        (timedelta(minutes=80), 60, timedelta(minutes=20)),
        (timedelta(minutes=5), 0, timedelta(minutes=5)),
        (timedelta(minutes=4), 0, None),
        (timedelta(minutes=64), 60, None),
        (-timedelta(minutes=1), 0, None),
    ],
)
def test_an_offer_stands_until_the_notice_before_the_visit(ahead, notice, stands):
    assert offer_time(rules(notice=notice), NOON + ahead, now=NOON) == stands


def test_a_clinic_whose_offers_are_short_means_it():
    short = rules(seconds=60)
    assert offer_time(short, NOON + timedelta(seconds=61), now=NOON) == timedelta(seconds=60)
    assert offer_time(short, NOON + timedelta(seconds=59), now=NOON) is None


@pytest.mark.parametrize(
    ("now", "start", "waits"),
    [
        (NOON, NOON + timedelta(days=2), False),
        (NOON.replace(hour=20), NOON + timedelta(days=2), True),
        (NOON.replace(hour=3), NOON, True),
        (NOON.replace(hour=8), NOON, False),
        (NOON.replace(hour=3), NOON.replace(hour=8, minute=5), True),
        (NOON.replace(hour=3), NOON.replace(hour=8, minute=4), False),  # too near by then
        (NOON.replace(hour=3), NOON.replace(hour=6), False),
    ],
)
def test_in_the_quiet_hours_what_can_wait_waits(now, start, waits):
    assert may_wait_for_morning(rules(), start, now=now) is waits


def test_quiet_hours_are_by_the_clinics_clock():
    start = NOON + timedelta(days=2)
    assert may_wait_for_morning(rules(zone="Pacific/Auckland"), start, now=NOON)
    assert not may_wait_for_morning(rules(quiet=(time(0), time(0))), start, now=NOON.replace(hour=3))


def test_who_can_be_told():
    both, mail, sms = Reach(mail=True, sms=True), Reach(mail=True, sms=False), Reach(mail=False, sms=True)
    address, mobile = {"email": "a@b.example", "phone": None}, {"email": None, "phone": "+4930901820"}
    assert [reach.reaches(**address) for reach in (both, mail, sms)] == [True, True, False]
    assert [reach.reaches(**mobile) for reach in (both, mail, sms)] == [True, False, True]
    for typed in ("ask for Bo", "+49 30 901820, ask for Bo", "12345", "+12345", "030 901820"):
        assert not both.reaches(email=None, phone=typed)
    assert not sms.reaches(email="a@b.example", phone="+4930901820")  # the outbox writes a letter, which nobody sends
