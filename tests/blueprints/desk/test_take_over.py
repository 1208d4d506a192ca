"""A time that another desk holds: whose it is, taking it over, and how the other desk hears of it."""

from uuid import uuid4

from tests.blueprints.conftest import held_by_patient


def test_another_desk_sees_whose_it_is_and_may_not_use_it(alice, olga, hold_page, held, clinic, records):
    page = alice.get(f"/desk/appointments/{held}")
    assert "by Olga" in page.one(".notice.warn").get_text()
    assert page.soup.select(".panel .button.primary") == []
    assert alice.get(f"/desk/holds/{held}").path == page.path
    assert olga.get(f"/desk/appointments/{held}").path.endswith(f"/desk/holds/{held}")
    alice.post(f"/desk/holds/{held}/give-back")
    alice.post(f"/desk/holds/{held}/more-time")
    alice.post(f"/desk/appointments/{held}/series", {"version": "1"})
    chosen = alice.post(f"/desk/holds/{held}/patient", {"patient_id": str(clinic.pat), "type_id": ""})
    assert chosen.status == 409
    assert records.events(held) == ["HELD"]


def test_what_was_typed_stays_where_somebody_else_took_the_time(alice, olga, hold_page, held, records):
    page = alice.submit(alice.get(f"/desk/appointments/{held}"), "/take-over")
    assert page.path.endswith(f"/desk/holds/{held}")
    assert page.soup.select("[data-search]")
    typed = olga.submit(hold_page, "/new-patient", full_name="Nora New", phone="030 1234567")
    assert typed.status == 409
    assert "Alice" in typed.one("[data-ended]").get_text()
    assert typed.problems == []
    assert typed.value("full_name") == "Nora New"
    assert records.events(held) == ["HELD", "TAKEN_OVER"]


def test_an_open_panel_hears_of_it(alice, olga, hold_page, held):
    asked = {"headers": {"X-Fragment": "1"}}
    assert olga.get(f"/desk/holds/{held}/standing", **asked).soup.select("[data-countdown]")
    alice.submit(alice.get(f"/desk/appointments/{held}"), "/take-over")
    assert "Alice" in olga.get(f"/desk/holds/{held}/standing", **asked).one("[data-ended]").get_text()
    assert olga.get(f"/desk/holds/{held}/standing").path.endswith(f"/desk/appointments/{held}")


def test_what_ended_is_held_again_with_what_was_typed(olga, hold_page, held, slot, records):
    records.run_out(held)
    page = olga.submit(hold_page, "/new-patient", full_name="Nora New", phone="030 1234567")
    (box,) = page.soup.select(".notice.bad")
    assert "The hold on this time has ended." in box.get_text()
    assert page.soup.select("[data-search]") == []
    again = olga.submit(page, "/new-patient", full_name="Nora New", phone="030 1234567")
    assert again.status == 409
    button = page.one(".notice.bad button")
    fields = page.form("/new-patient") | {"full_name": "Nora New", "slot_id": button["value"], "key": page.value("key")}
    anew = olga.post(button["formaction"], fields)
    assert anew.value("full_name") == "Nora New"
    (live,) = records.live(slot)
    assert live != held
    assert anew.form(f"/holds/{live}/new-patient")["full_name"] == "Nora New"


def test_what_ended_and_went_to_somebody_else_leads_to_the_times_near_it(olga, hold_page, held, clinic, slot, records):
    later = clinic.slot(after=60)
    records.run_out(held)
    taken = held_by_patient(clinic, slot)
    page = olga.submit(hold_page, "/new-patient", full_name="Nora New", phone="030 1234567")
    assert [button["value"] for button in page.soup.select(".notice.bad button")] == [str(later)]
    button = page.one(".near button")
    anew = olga.post(button["formaction"], page.form("/new-patient") | {"slot_id": button["value"], "key": "k"})
    assert anew.value("full_name") == "Nora New"
    assert records.live(slot) == [taken]
    assert len(records.live(later)) == 1


def test_holding_again_what_went_to_somebody_meanwhile_offers_others(olga, hold_page, held, clinic, slot, records):
    records.run_out(held)
    held_by_patient(clinic, slot)
    page = olga.post(f"/desk/holds/{held}/again", {"slot_id": str(slot), "key": "k", "full_name": "Nora New"})
    assert page.status == 409
    assert page.value("full_name") == "Nora New"


def test_a_patients_hold_is_nobodys_at_the_desk(olga, day_page, clinic, slot):
    theirs = held_by_patient(clinic, slot)
    page = olga.get(f"/desk/appointments/{theirs}")
    assert "by a patient" in page.one(".notice.warn").get_text()
    assert page.soup.select(".take-over") == []
    olga.post(f"/desk/holds/{theirs}/give-back")
    assert "Held" in olga.get(f"/desk/appointments/{theirs}").one(".status-line").get_text()


def test_too_late(alice, olga, hold_page, held, records):
    records.run_out(held)
    page = alice.post(f"/desk/holds/{held}/take-over")
    assert page.path.endswith(f"/desk/appointments/{held}")
    assert "The hold on this time has ended." in page.text


def test_unknown_and_foreign_ones_are_404(olga, mallory, held, other_clinic):
    for step in ("take-over", "again"):
        assert olga.post(f"/desk/holds/{uuid4()}/{step}", {"slot_id": str(uuid4())}).status == 404
    assert olga.get(f"/desk/holds/{uuid4()}/standing").status == 404
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/take-over").status == 404
    assert olga.post(f"/desk/holds/{held}/again").status == 400
