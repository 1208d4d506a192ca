"""A long call: the hold can be made longer."""

from uuid import uuid4

from webapp.services.standing import MAX_EXTENSIONS


def test_it_lasts_longer(olga, hold_page, held, records):
    records.rows("UPDATE appointments SET expires_at = expires_at - interval '2 minutes' WHERE id = :id", id=held)
    before = records.appointment(held).expires_at
    assert olga.submit(hold_page, "/more-time").path == hold_page.path
    assert records.appointment(held).expires_at > before


def test_ten_times_and_no_more(olga, hold_page, held, records):
    records.rows("UPDATE appointments SET extensions = :n WHERE id = :id", n=MAX_EXTENSIONS, id=held)
    assert "as often as it can be" in olga.submit(hold_page, "/more-time").text


def test_unknown_and_foreign_ones_are_404(olga, mallory, other_clinic, held):
    assert olga.post(f"/desk/holds/{uuid4()}/more-time").status == 404
    mallory.clinic = other_clinic
    assert mallory.post(f"/desk/holds/{held}/more-time").status == 404
