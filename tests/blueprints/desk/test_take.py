"""A click on a free time holds it at once."""

from uuid import uuid4

from tests.blueprints.conftest import held_at_desk


def test_the_time_is_held_for_the_receptionist(hold_page, held, records):
    row = records.appointment(held)
    assert (row.status, row.source) == ("HOLD", "DESK")
    assert row.created_by is not None
    assert "Held until" in hold_page.text
    assert hold_page.path.endswith(str(held))


def test_a_double_click_holds_once(olga, day_page, slot, records):
    paths = {olga.submit(day_page, "/desk/holds", slot_id=str(slot)).path for _click in range(2)}
    assert len(paths) == 1
    assert len(records.live(slot)) == 1


def test_the_same_page_holds_anew_after_the_time_was_given_back(olga, day_page, hold_page, slot, records):
    olga.submit(hold_page, "/give-back")
    olga.submit(day_page, "/desk/holds", slot_id=str(slot))
    (held,) = records.live(slot)
    assert records.appointment(held).status == "HOLD"


def test_a_click_on_what_was_booked_meanwhile_shows_who_has_it(olga, day_page, hold_page, clinic, slot):
    olga.post(f"{hold_page.path}/patient", {"patient_id": str(clinic.pat), "type_id": ""})
    assert "/desk/appointments/" in olga.submit(day_page, "/desk/holds", slot_id=str(slot)).path


def test_whoever_was_slower_is_shown_the_nearest_free_times(olga, day_page, clinic, slot, records):
    later = clinic.slot(after=60)
    held_at_desk(olga.clinic, slot)
    page = olga.submit(day_page, "/desk/holds", slot_id=str(slot))
    assert page.status == 409
    assert page.one(".panel .notice.bad").get_text(strip=True) == "This time has just been taken. Choose another one."
    assert [button["value"] for button in page.soup.select(".near button")] == [str(later)]
    olga.submit(page, "/desk/holds", slot_id=str(later))
    assert len(records.live(slot)) == len(records.live(later)) == 1


def test_a_script_gets_the_panel_only(olga, day_page, slot):
    page = olga.submit(day_page, "/desk/holds", slot_id=str(slot))
    fragment = olga.get(page.path, headers={"X-Fragment": "1"})
    assert fragment.soup.select_one("[data-region=panel]")
    assert not fragment.soup.select("html")


def test_bad_input(olga, day_page):
    assert olga.post("/desk/holds", {"key": "k"}).status == 400
    assert olga.post("/desk/holds", {"slot_id": "nonsense", "key": "k"}).status == 400
    assert olga.post("/desk/holds", {"slot_id": str(uuid4()), "key": "k"}).status == 404
    assert olga.post("/desk/holds", {"slot_id": str(uuid4()), "key": "k" * 300}).status == 400


def test_another_clinics_slot_is_404(olga, other_clinic, records):
    slot = other_clinic.slot()
    assert olga.post("/desk/holds", {"slot_id": str(slot), "key": "k"}).status == 404
    assert records.live(slot) == []
