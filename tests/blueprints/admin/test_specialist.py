"""One specialist's page."""

from uuid import uuid4


def test_it_shows_what_they_offer(alice, clinic):
    page = alice.get(f"/admin/specialists/{clinic.specialist_id}")
    assert page.heading == "Dr. Sam Weiss"
    assert page.one('[name="offer-type_ids"]').has_attr("checked")


def test_unknown_and_foreign_ones_are_404(alice, other_clinic):
    assert alice.get(f"/admin/specialists/{uuid4()}").status == 404
    assert alice.get(f"/admin/specialists/{other_clinic.specialist_id}").status == 404
