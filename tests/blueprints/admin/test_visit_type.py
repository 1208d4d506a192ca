"""Changing a type of visit, and ending it."""

from uuid import uuid4

import pytest

from tests.blueprints.conftest import soon
from tests.conftest import colleague
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book, hold
from webapp.services.specialists import offer_types

BY = {"actor": "test", "source": "DESK"}


@pytest.fixture
def save(alice, clinic):
    """Change something of Consultation, which takes 30 minutes; None takes a tick away."""

    def send(**fields):
        path = f"/admin/types/{clinic.type_id}"
        page = alice.get(path)
        boxes = page.soup.select("[name=type-specialist_ids][checked]")
        own = page.form(path) | {"type-specialist_ids": [box["value"] for box in boxes]}
        sent = own | {f"type-{name}": value for name, value in fields.items()}
        return alice.post(path, {name: value for name, value in sent.items() if value is not None})

    return send


def stored(records, clinic):
    return records.one("SELECT * FROM appointment_types WHERE id = :id", id=clinic.type_id)


def history(alice):
    page = alice.get("/admin/clinic")
    return [" ".join(one.get_text(" ", strip=True).split()) for one in page.soup.select("#changes .history li")]


def test_it_is_reached_from_the_first_page_and_shows_what_is_stored(alice, clinic):
    (link,) = [link for link in alice.get("/admin/").soup.select("td a, th a") if link.get_text() == "Consultation"]
    page = alice.get(link["href"])
    assert page.heading == "Change a type of visit"
    assert (page.value("type-name"), page.value("type-minutes")) == ("Consultation", "30")
    ticked = [box["name"] for box in page.soup.select("[type=checkbox][checked]")]
    assert ticked == ["type-specialist_ids", "type-is_public", "type-is_active"]


def test_everything_is_changed_and_what_is_booked_stays(save, alice, clinic, records):
    with tenant_scope(clinic.id):
        booked = book(slot_id=clinic.slot(soon()), patient_id=clinic.pat, type_id=clinic.type_id, **BY)
    ruth = colleague(clinic)
    before = records.appointment(booked.id)
    page = save(
        name=" Short visit ", minutes="15", buffer_before="5", buffer_after="10",
        is_public=None, specialist_ids=[str(ruth.specialist_id)],
    )  # fmt: skip
    assert "“Short visit” was saved." in page.text
    row = stored(records, clinic)
    assert (row.name, row.minutes, row.buffer_before, row.buffer_after) == ("Short visit", 15, 5, 10)
    assert (row.is_public, row.is_active) == (False, True)
    offered = "SELECT specialist_id FROM appointment_type_specialists WHERE appointment_type_id = :id"
    assert [one.specialist_id for one in records.rows(offered, id=clinic.type_id)] == [ruth.specialist_id]
    assert records.appointment(booked.id) == before
    (told,) = history(alice)
    for words in (
        "Type of visit: Consultation", "Name Consultation → now Short visit", "Minutes 30 → now 15",
        "Patients may book it themselves yes → now no", "Offered by Dr. Ruth Adler, Dr. Sam Weiss → now Dr. Ruth Adler",
    ):  # fmt: skip
        assert words in told
    assert told.endswith(", Alice")


def test_saved_twice_it_is_one_change(save, alice):
    save(minutes="20")
    save(minutes="20")
    assert len(history(alice)) == 1


def test_made_private_it_is_opened_by_its_link_alone(save, alice, clinic, visitor, records):
    clinic.slot(soon())
    assert visitor.get(f"/book/{clinic.type_id}").status == 200
    save(is_public=None)
    assert visitor.get(f"/book/{clinic.type_id}").status == 404
    assert visitor.get(f"/book/{stored(records, clinic).link_id}").status == 200


def test_ended_nobody_books_it_and_it_can_begin_again(save, alice, clinic, visitor):
    clinic.slot(soon())
    save(is_active=None)
    assert "nobody any more" in alice.get("/admin/").text
    assert visitor.get(f"/book/{clinic.type_id}").status == 404
    with tenant_scope(clinic.id):
        offer_types(specialist_id=clinic.specialist_id, type_ids=[])
    page = save(is_active="y")
    assert "nobody any more" not in page.text
    assert visitor.get(f"/book/{clinic.type_id}").status == 200
    assert "time free" in visitor.get(f"/book/{clinic.type_id}").text, "who offered it offers it still"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": " "}, "Enter a name for this type of visit."),
        ({"minutes": "0"}, "Enter a whole number from 1 to 1439."),
        ({"buffer_before": "x"}, "Enter a whole number from 0 to 240."),
    ],
)
def test_bad_input_is_said_and_kept(save, clinic, records, fields, problem):
    page = save(**fields)
    assert (page.status, page.problems) == (400, [problem])
    for name, value in fields.items():
        assert page.value(f"type-{name}").strip() == value.strip()
    assert stored(records, clinic).minutes == 30


def test_another_clinics_specialist_is_no_choice(save, other_clinic, clinic, records):
    assert save(specialist_ids=[str(other_clinic.specialist_id)]).status == 400


def test_for_groups_and_back_while_nothing_is_booked(save, alice, clinic, visitor, records):
    clinic.slot(soon())
    page = visitor.get(f"/book/{clinic.type_id}/{soon().date()}")
    save(is_group="y")
    assert stored(records, clinic).is_group
    assert "For groups no → now yes" in history(alice)[0]
    assert visitor.get(page.path).soup.select("button.time") == [], "its slot has one seat"
    save(is_group=None)
    assert len(visitor.get(page.path).soup.select("button.time")) == 1


@pytest.mark.parametrize("take", [book, hold])
def test_not_while_visits_are_to_come(save, clinic, records, take):
    with tenant_scope(clinic.id):
        made = take(slot_id=clinic.slot(soon()), patient_id=clinic.pat, type_id=clinic.type_id, **BY)
    page = save(is_group="y", name="Course")
    assert page.status == 409
    (problem,) = page.problems
    assert problem == "Visits of this type are booked or held. Add another type, and end this one when they are over."
    assert page.value("type-name") == "Course"
    assert (stored(records, clinic).is_group, stored(records, clinic).name) == (False, "Consultation")
    assert save(name="Talk").status == 200, "the rest can be changed"
    records.rows("UPDATE appointments SET status = 'CANCELLED', expires_at = NULL WHERE id = :id", id=made.id)
    assert save(is_group="y").status == 200


@pytest.mark.parametrize("of_the_other", [True, False])
def test_one_that_is_not_there(alice, other_clinic, of_the_other):
    path = f"/admin/types/{other_clinic.type_id if of_the_other else uuid4()}"
    assert alice.get(path).status == 404
    assert alice.post(path, {"type-name": "X"}).status == 404
