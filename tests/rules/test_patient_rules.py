"""What a clinic lets patients do by themselves."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from webapp.core.errors import Conflict, InvalidInput, SlotTaken
from webapp.rules.patient_rules import (
    PatientRules,
    check_cancel,
    check_count,
    check_details,
    check_move,
    check_start,
    check_terms,
)
from webapp.rules.people import NewPatient

NOW = datetime(2031, 3, 3, 22, 30, tzinfo=UTC)
RULES = PatientRules("UTC", None, 120, 5, 24 * 60, 48 * 60, 2, [], None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECOND = timedelta(seconds=1)


def test_notice_is_counted_to_the_second():
    check_start(RULES, NOW + 2 * HOUR, now=NOW)
    with pytest.raises(SlotTaken, match=r"closes 2:00:00 before a visit\. Choose a later time, or call the clinic"):
        check_start(RULES, NOW + 2 * HOUR - SECOND, now=NOW)


def test_a_time_that_has_passed_is_called_so():
    with pytest.raises(SlotTaken, match="has passed"):
        check_start(replace(RULES, notice_minutes=0), NOW - SECOND, now=NOW)


def test_the_horizon_ends_with_the_clinics_day():
    last = datetime(2031, 3, 8, 23, 59, tzinfo=UTC)
    check_start(RULES, last, now=NOW)
    with pytest.raises(SlotTaken, match="goes 5 days, 0:00:00 ahead"):
        check_start(RULES, last + timedelta(minutes=1), now=NOW)
    berlin = replace(RULES, timezone="Europe/Berlin")  # 23:30 there: half an hour later it is their next day
    check_start(berlin, last - HOUR, now=NOW)
    with pytest.raises(SlotTaken):
        check_start(berlin, last, now=NOW)
    check_start(berlin, last, now=NOW + HOUR)


@pytest.mark.parametrize(("check", "hours"), [(check_cancel, 24), (check_move, 48)])
def test_cut_offs_are_apart(check, hours):
    check(RULES, NOW + hours * HOUR, now=NOW)
    with pytest.raises(Conflict, match=r"before the visit\. Call the clinic"):
        check(RULES, NOW + hours * HOUR - SECOND, now=NOW)


@pytest.mark.parametrize("check", [check_cancel, check_move])
def test_what_has_begun_is_not_changed_even_without_a_cut_off(check):
    free = replace(RULES, cancel_cutoff_minutes=0, move_cutoff_minutes=0)
    check(free, NOW + SECOND, now=NOW)
    with pytest.raises(Conflict, match="has begun"):
        check(free, NOW, now=NOW)


def test_bookings_a_person():
    check_count(RULES, 1)
    check_count(RULES, 0, adding=2)
    check_count(replace(RULES, bookings_a_person=None), 1000)
    with pytest.raises(Conflict, match=r"have 2 bookings to come at a time\. Cancel one first, or call the clinic"):
        check_count(RULES, 2)
    with pytest.raises(Conflict):
        check_count(RULES, 1, adding=2)
    with pytest.raises(Conflict, match="have one booking"):
        check_count(replace(RULES, bookings_a_person=1), 1)


def test_refusals_name_the_phone_number_where_there_is_one():
    with pytest.raises(Conflict, match=r"or call 030 1\."):
        check_count(replace(RULES, phone="030 1"), 2)


@pytest.mark.parametrize(
    ("name", "value"), [("email", "a@b.example"), ("phone", "+4930"), ("date_of_birth", date(2000, 1, 1))]
)
def test_required_details(name, value):
    rules = replace(RULES, required_fields=[name])
    check_details(rules, NewPatient("Pat", **{name: value}))
    check_details(RULES, NewPatient("Pat"))
    with pytest.raises(InvalidInput) as refusal:
        check_details(rules, NewPatient("Pat"))
    assert refusal.value.field == name


def test_terms_are_accepted_in_the_version_that_holds():
    check_terms(RULES, None)
    with_terms = replace(RULES, terms_version=3)
    check_terms(with_terms, 3)
    for accepted, words in ((None, "Accept the terms"), (2, "have changed meanwhile")):
        with pytest.raises(InvalidInput, match=words) as refusal:
            check_terms(with_terms, accepted)
        assert refusal.value.field == "terms"
