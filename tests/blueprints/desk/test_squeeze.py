"""POST /desk/squeeze-ins: an urgent visit where the time is full."""

from uuid import uuid4

from tests.blueprints.desk.conftest import DAY
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book


def squeeze(olga, booked, **fields):
    return olga.submit(olga.get(f"/desk/appointments/{booked}"), "/desk/squeeze-ins", **fields)


def test_from_the_appointment_that_has_the_time(olga, booked, slot, records, clinic):
    page = squeeze(olga, booked, reason="  chest pain\x00 ")
    made = records.live(slot)[0]
    assert page.path.endswith(f"/desk/holds/{made}")
    assert "Squeezed in as urgent: chest pain" in page.text
    with tenant_scope(clinic.id):
        clinic.slot(after=60)
    day = olga.get(f"/desk/{DAY}")
    (cell,) = day.soup.select(".cell.squeezed")
    assert "squeezed in" in cell["aria-label"]
    assert "squeezed in" in olga.get(f"/desk/{DAY}/list").one("tr.squeezed").get_text()
    assert "1 booked" in day.text


def test_the_same_button_again_is_the_same_hold(olga, booked, slot, records):
    page = olga.get(f"/desk/appointments/{booked}")
    first = olga.submit(page, "/desk/squeeze-ins", reason="x").path
    assert olga.submit(page, "/desk/squeeze-ins", reason="x").path == first
    assert len(records.live(slot)) == 2


def test_a_second_one_is_told_why_not(olga, booked):
    squeeze(olga, booked, reason="x")
    assert "Somebody is already squeezed in at this time." in squeeze(olga, booked, reason="y").text


def test_beside_a_long_visit_it_is_seen_too(olga, clinic, records):
    first, second = clinic.slot(), clinic.slot(after=30)
    with tenant_scope(clinic.id):
        from webapp.services.specialists import add_type

        long = add_type(name="Long", minutes=60, specialist_ids=[clinic.specialist_id])
        book(slot_id=first, type_id=long, actor="test", source="DESK")
    olga.post("/desk/squeeze-ins", {"slot_id": str(second), "reason": "x", "key": "k"})
    assert len(olga.get(f"/desk/{DAY}").soup.select(".split .cell")) == 2


def test_a_full_group(olga, clinic):
    group = clinic.slot(capacity=1 + 1)
    with tenant_scope(clinic.id):
        for _ in range(2):
            book(slot_id=group, actor="test", source="DESK")
    olga.submit(olga.get(f"/desk/slots/{group}"), "/desk/squeeze-ins", reason="x")
    assert "squeezed in" in olga.get(f"/desk/slots/{group}").text
    assert "2 of 2 seats taken" in olga.get(f"/desk/slots/{group}").text
    assert "squeezed in" in olga.get(f"/desk/{DAY}").one(".cell.group")["aria-label"]


def test_who_may_not_is_refused_in_words(olga, booked, records, slot):
    page = olga.get(f"/desk/appointments/{booked}")
    records.rows("UPDATE users SET may_squeeze_in = false WHERE tenant_id = :t", t=olga.clinic.id)
    refused = olga.submit(page, "/desk/squeeze-ins", reason="x")
    assert refused.status == 403
    assert "You may not squeeze visits in." in refused.text
    assert not olga.get(f"/desk/appointments/{booked}").soup.select(".squeeze")
    assert len(records.live(slot)) == 1


def test_bad_input(olga, booked, slot, records):
    assert olga.post("/desk/squeeze-ins", {"slot_id": "x", "reason": "x"}).status == 400
    assert "Say why this visit cannot wait." in squeeze(olga, booked, reason=" ").text
    assert (
        "This slot does not exist."
        in olga.post("/desk/squeeze-ins", {"slot_id": str(uuid4()), "reason": "x", "key": "k"}).text
    )
    assert len(records.live(slot)) == 1


def test_another_clinics_slot_stays(mallory, other_clinic, booked, slot, records):
    mallory.clinic = other_clinic
    page = mallory.post("/desk/squeeze-ins", {"slot_id": str(slot), "reason": "x", "key": "k"})
    assert "This slot does not exist." in page.text
    assert len(records.live(slot)) == 1
