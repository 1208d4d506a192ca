"""Step 2: days with free times, the first one first, fourteen a page."""

from datetime import timedelta
from uuid import uuid4

from tests.blueprints.conftest import soon
from tests.conftest import colleague


def days(page):
    return [row["href"].rsplit("/", 1)[1] for row in page.soup.select("a.choice")]


def test_the_first_free_day_leads(visitor):
    for offset in (1, 3):
        visitor.clinic.slot(soon(days=offset))
        visitor.clinic.slot(soon(days=offset, hour=10))
    page = visitor.get(f"/book/{visitor.clinic.type_id}")
    assert days(page) == [soon(days=1).date().isoformat(), soon(days=3).date().isoformat()]
    assert "First available" in page.one(".choice.first").get_text()
    assert "2 times free" in page.one(".choice.first").get_text()


def test_fourteen_days_a_page(visitor):
    for offset in range(1, 18):
        visitor.clinic.slot(soon(days=offset))
    first = visitor.get(f"/book/{visitor.clinic.type_id}")
    second = visitor.get(first.one(".pager a")["href"])
    assert (len(days(first)), len(days(second))) == (14, 3)
    assert days(first)[0] < days(first)[-1] < days(second)[0]
    back = visitor.get(second.one(".pager a")["href"])
    assert days(back) == days(first)


def test_one_specialist_only(visitor):
    other = colleague(visitor.clinic)
    visitor.clinic.slot(soon(days=1))
    other.slot(soon(days=2))
    page = visitor.get(f"/book/{visitor.clinic.type_id}?with={other.specialist_id}")
    assert days(page) == [f"{soon(days=2).date()}?with={other.specialist_id}"]
    assert "With Dr. Ruth Adler" in page.text


def test_notice_and_horizon_are_kept(visitor, records):
    clinic = visitor.clinic
    records.rows("UPDATE tenants SET notice_minutes = 2880, horizon_days = 5 WHERE id = :id", id=clinic.id)
    for offset in (1, 4, 7):
        clinic.slot(soon(days=offset))
    assert days(visitor.get(f"/book/{clinic.type_id}")) == [soon(days=4).date().isoformat()]


def test_nothing_free_says_until_when_and_how_to_call(visitor, records):
    records.rows("UPDATE tenants SET phone = '+49 30 1' WHERE id = :id", id=visitor.clinic.id)
    page = visitor.get(f"/book/{visitor.clinic.type_id}")
    assert "No time is free until" in page.text
    assert page.soup.select('main a[href^="tel:"]')


def test_a_full_day_is_not_listed(visitor):
    from tests.blueprints.conftest import held_at_desk

    slot = visitor.clinic.slot(soon())
    held_at_desk(visitor.clinic, slot)
    assert days(visitor.get(f"/book/{visitor.clinic.type_id}")) == []


def test_another_clinics_type_and_unknown_ones_are_404(visitor, other_clinic):
    for type_id in (other_clinic.type_id, uuid4(), "nonsense"):
        assert visitor.get(f"/book/{type_id}").status == 404


def test_a_private_type_is_404(visitor, records):
    records.rows("UPDATE appointment_types SET is_public = false WHERE id = :id", id=visitor.clinic.type_id)
    assert visitor.get(f"/book/{visitor.clinic.type_id}").status == 404


def test_by_phone_only_is_403(visitor, records):
    records.rows("UPDATE tenants SET public_booking = false WHERE id = :id", id=visitor.clinic.id)
    page = visitor.get(f"/book/{visitor.clinic.type_id}")
    assert page.status == 403
    assert "by phone only" in page.text


def test_a_bad_day_to_begin_with_is_ignored(visitor):
    visitor.clinic.slot(soon())
    for since in ("yesterday", "2031-02-31", str(soon().date() - timedelta(days=99))):
        assert len(days(visitor.get(f"/book/{visitor.clinic.type_id}?since={since}"))) == 1


def test_wrong_method(visitor):
    assert visitor.post(f"/book/{visitor.clinic.type_id}").status == 405
