"""What everybody may know of a clinic, and who works there."""

from datetime import date, time
from uuid import uuid4

from tests.conftest import colleague, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.queries.clinics import all_tenant_ids, find_clinic, list_clinics
from webapp.queries.readiness import is_ready
from webapp.queries.specialists import find_specialist, list_specialists, offered_types, opening_hours
from webapp.rules.slots import Interval
from webapp.services.hours import set_opening_hours
from webapp.services.specialists import add_type
from webapp.services.tenants import ensure_tenant


def test_a_clinic_is_found_by_anybody(app):
    name = f"spree-{uuid4().hex}"
    with tenant_scope(name):
        ensure_tenant(name="An der Spree", timezone="Europe/Berlin", locale="de-DE", phone="+4930901820")
    found = find_clinic(name)
    assert (found.name, found.timezone, found.locale, found.phone) == (
        "An der Spree", "Europe/Berlin", "de-DE", "+4930901820"
    )  # fmt: skip
    assert (found.hold_seconds, found.public_booking) == (300, True)
    assert find_clinic(f"{name}x") is None
    assert name in all_tenant_ids()


def test_only_those_who_want_to_be_found_are_listed(app, records):
    shown, hidden, told, called = [make_clinic("aaa") for _ in range(4)]
    off = "UPDATE tenants SET public_booking = false, closed_message = :said, phone = :phone WHERE id = :id"
    records.rows(off, id=hidden.id, said="", phone=None)
    records.rows(off, id=told.id, said="We move house.", phone=None)
    records.rows(off, id=called.id, said="", phone="+49 30 1")
    listed = [clinic.id for clinic in list_clinics(limit=10_000)]
    assert {shown.id, told.id, called.id} <= set(listed)
    assert hidden.id not in listed
    assert hidden.id in all_tenant_ids()


def test_they_are_listed_by_name(app):
    make_clinic("zzz")
    names = [clinic.name for clinic in list_clinics(limit=10_000)]
    assert names == sorted(names)
    assert len(list_clinics(limit=1)) == 1


def test_specialists(within, other_clinic, records):
    ruth = colleague(within)
    assert [one.full_name for one in list_specialists()] == ["Dr. Ruth Adler", "Dr. Sam Weiss"]
    records.rows("UPDATE specialists SET is_active = false WHERE id = :id", id=ruth.specialist_id)
    assert [one.full_name for one in list_specialists()] == ["Dr. Sam Weiss"]
    assert len(list_specialists(active_only=False)) == 2
    assert not find_specialist(ruth.specialist_id).is_active
    assert find_specialist(other_clinic.specialist_id) is None


def test_who_offers_what(within):
    check = add_type(name="Check", minutes=15, specialist_ids=[within.specialist_id])
    ruth = colleague(within, check)
    assert offered_types() == {within.specialist_id: {within.type_id, check}, ruth.specialist_id: {check}}


def test_hours_of_a_specialist_and_of_the_chair(within, other_clinic):
    mine = Interval(2, time(9), time(12), 30, 4, date(2031, 1, 1), date(2031, 2, 1), within.specialist_id)
    early = Interval(0, time(8), time(), 60, specialist_id=within.specialist_id)
    set_opening_hours(specialist_id=within.specialist_id, intervals=[mine, early])
    set_opening_hours(specialist_id=None, intervals=[Interval(6, time(10), time(11), 15)])
    assert opening_hours(within.specialist_id) == [early, mine]
    assert opening_hours(None) == [Interval(6, time(10), time(11), 15)]
    assert opening_hours(other_clinic.specialist_id) == []


def test_the_database_is_ready(app):
    assert is_ready()
