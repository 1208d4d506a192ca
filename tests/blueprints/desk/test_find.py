"""Anybody is found from anywhere on the desk."""

from datetime import UTC, date, datetime

import pytest

from tests.blueprints.desk.conftest import DAY, hits
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.patients import add_patient


def find(olga, text):
    return olga.submit(olga.get("/desk/patients"), "/desk/patients", q=text)


def test_at_first_it_teaches_what_can_be_typed(olga):
    page = olga.get("/desk/patients")
    assert (page.status, page.heading, hits(page)) == (200, "Patients", [])
    assert "Type a few letters" in page.text
    assert page.soup.select_one("[data-search]")["method"] == "post"


def test_a_row_tells_people_apart_and_says_what_comes_next(olga, clinic, booked):
    with tenant_scope(clinic.id):
        add_patient(full_name="Pat Doe", date_of_birth=date(1984, 3, 27))
        past = clinic.slot(datetime(2020, 1, 6, 9, tzinfo=UTC))
        book(slot_id=past, patient_id=clinic.pat, actor="test", source="DESK")
    page = find(olga, "pat")
    assert hits(page) == ["Pat Doe", "Pat Doe"]
    rows = [
        " ".join(row.get_text(" ", strip=True).replace("\u202f", " ").split()) for row in page.soup.select(".person")
    ]
    (known,) = [row for row in rows if "+4930901820" in row]
    assert "Next visit: Mar 3, 2031, 12:00 AM with Dr. Sam Weiss" in known
    assert "Last visit: Jan 6, 2020, 9:00 AM" in known
    assert any("born March 27, 1984" in row for row in rows)
    links = [link["href"] for link in page.soup.select(".person-actions a")]
    assert links == [olga.url(f"/desk/{DAY}?at={booked}")]


@pytest.mark.parametrize("text", ["27.3.1984", "27/3/84", "1984-03-27", "born 27.3.1984"])
def test_by_date_of_birth(olga, clinic, text):
    with tenant_scope(clinic.id):
        add_patient(full_name="Born Long Ago", date_of_birth=date(1984, 3, 27))
    assert hits(find(olga, text)) == ["Born Long Ago"]


@pytest.mark.parametrize(("locale", "born"), [("en-US", (1984, 3, 4)), ("en-GB", (1984, 4, 3)), ("de", (1984, 4, 3))])
def test_dates_are_read_as_the_clinic_writes_them(olga, clinic, records, locale, born):
    records.rows("UPDATE tenants SET locale = :locale WHERE id = :id", locale=locale, id=clinic.id)
    with tenant_scope(clinic.id):
        add_patient(full_name="Third of April", date_of_birth=date(1984, 4, 3))
        add_patient(full_name="Fourth of March", date_of_birth=date(1984, 3, 4))
    expected = "Third of April" if born == (1984, 4, 3) else "Fourth of March"
    assert hits(find(olga, "3/4/1984")) == [expected]


def test_what_is_only_similar_is_said_to_be(olga):
    page = find(olga, "Patt Doo")
    assert hits(page) == ["Pat Doe"]
    assert "Similar names" in page.text
    assert page.one(".hit").has_attr("data-similar")


def test_nobody_found_says_how_to_add_somebody(olga):
    page = find(olga, "zzzz")
    assert hits(page) == []
    assert "Somebody new is added while you book" in page.text


def test_words_of_a_name_are_only_words(olga, clinic):
    with tenant_scope(clinic.id):
        add_patient(full_name="<script>alert(1)</script>")
    page = find(olga, "alert")
    assert hits(page) == ["<script>alert(1)</script>"]
    assert "<script>alert" not in page.response.text


def test_bad_input_finds_nobody(olga):
    for text in ("%", "\x00", "' OR 1=1 --", "\\", "x" * 5000, "\ud800"[:0]):
        page = find(olga, text)
        assert (page.status, hits(page)) == (200, []), text


def test_another_clinics_people_stay_there(mallory, other_clinic, clinic):
    mallory.clinic = other_clinic
    page = find(mallory, "user_pat")
    assert [link["href"].rpartition("/")[2] for link in page.soup.select("a.hit")] == [str(other_clinic.pat)]
