"""GET /desk/why: what refuses a time, in words, and the way on."""

from uuid import uuid4

from tests.blueprints.desk.conftest import DAY
from tests.conftest import DAY as START
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import hold
from webapp.services.hours import add_closure

AT = int(START.timestamp() // 60)


def ask(visitor, clinic, *, at=AT, **more):
    asked = {"specialist": clinic.specialist_id, "at": at, **more}
    return visitor.get("/desk/why?" + "&".join(f"{name}={value}" for name, value in asked.items()))


def test_a_booked_time_leads_to_who_has_it_and_to_free_ones(olga, clinic, booked):
    free = clinic.slot(after=30)
    page = ask(olga, clinic)
    assert "Booked from 12:00 AM to 12:30 AM." in page.text
    assert str(booked) in page.one(".reasons a")["href"]
    assert page.one(".near button")["value"] == str(free)
    assert olga.submit(page, "/desk/holds", slot_id=str(free)).path.startswith(f"/c/{clinic.id}/desk/holds/")


def test_a_full_time_offers_the_overflow_seat(olga, clinic, booked, slot, records):
    olga.submit(ask(olga, clinic), "/desk/squeeze-ins", reason="chest pain")
    assert len(records.live(slot)) == 2
    assert not ask(olga, clinic).soup.select(".squeeze")


def test_not_to_those_who_may_not(olga, clinic, booked, records):
    records.rows("UPDATE users SET may_squeeze_in = false WHERE tenant_id = :t", t=clinic.id)
    assert not ask(olga, clinic).soup.select(".squeeze")


def test_held_by_a_patient(olga, clinic, slot):
    with tenant_scope(clinic.id):
        hold(slot_id=slot, actor="patient", source="PATIENT")
    assert "by a patient." in ask(olga, clinic).text


def test_closed_with_the_reason(olga, clinic):
    with tenant_scope(clinic.id):
        add_closure(specialist_id=clinic.specialist_id, start=START, end=START.replace(hour=1), reason="<b>Training")
    assert ": <b>Training" in ask(olga, clinic).text


def test_for_a_type_of_visit(olga, clinic, slot):
    assert "this time is free" in ask(olga, clinic, type=clinic.type_id).text
    with tenant_scope(clinic.id):
        from webapp.services.specialists import add_type

        long = add_type(name="Long", minutes=60, specialist_ids=[clinic.specialist_id])
    assert "Too short for a visit of 60 minutes." in ask(olga, clinic, type=long).text


def test_a_time_that_is_not_free_leads_here(olga, clinic, slot):
    clinic.slot(after=60)
    closed = olga.get(f"/desk/{DAY}").soup.select("a.cell.closed")[0]
    assert closed["href"].endswith(f"/desk/why?specialist={clinic.specialist_id}&at={AT + 30}")
    assert "There are no hours on this day." in olga.get(closed["href"]).text


def test_a_script_gets_the_panel_only(olga, clinic):
    page = olga.get(f"/desk/why?specialist={clinic.specialist_id}&at={AT}", headers={"X-Fragment": "1"})
    assert page.soup.select_one("[data-region=panel]")
    assert not page.soup.select("html")


def test_bad_input(olga, clinic):
    for query in ("", f"?specialist={clinic.specialist_id}", f"?at={AT}", "?specialist=x&at=1"):
        assert olga.get(f"/desk/why{query}").status == 400
    for at in ("x", 10**30, -(10**12), 10**9):
        assert ask(olga, clinic, at=at).status == 400
    assert olga.get(f"/desk/why?specialist={uuid4()}&at={AT}").status == 404


def test_another_clinics_specialist_is_not_there(mallory, clinic, other_clinic, booked):
    mallory.clinic = other_clinic
    assert ask(mallory, clinic).status == 404
