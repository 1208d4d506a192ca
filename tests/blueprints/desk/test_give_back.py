"""A time that is not needed after all."""

from tests.blueprints.desk.conftest import DAY


def test_the_time_is_free_again(olga, hold_page, slot, records):
    page = olga.submit(hold_page, "/give-back")
    assert page.path.endswith(f"/desk/{DAY}")
    assert "The time is free again." in page.text
    assert records.live(slot) == []


def test_a_booked_time_is_not_given_back(olga, booked, records):
    page = olga.post(f"/desk/holds/{booked}/give-back")
    assert page.path.endswith(f"/desk/appointments/{booked}")
    assert "Cancel it if it is not needed." in page.text
    assert records.appointment(booked).status == "CONFIRMED"


def test_another_clinics_hold_stays(mallory, other_clinic, held, records):
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/give-back").status == 404
    assert records.appointment(held).status == "HOLD"
