"""Visits that a patient booked together, at the desk."""

from datetime import timedelta

import pytest

from tests.conftest import DAY
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import Key
from webapp.services.parties import Visitor, hold_party
from webapp.services.party_rows import Seat


@pytest.fixture
def party(clinic):
    slots = [clinic.slot(DAY + timedelta(hours=9), after=30 * number) for number in range(2)]
    with tenant_scope(clinic.id):
        seats = [Seat(slot, clinic.type_id) for slot in slots]
        return hold_party(seats=seats, visitor=Visitor("browser", "address"), key=Key("party:k", "asked"))


def test_the_panel_leads_to_the_others(olga, party):
    for one, other in (party.visits, reversed(party.visits)):
        page = olga.get(f"/desk/appointments/{one}")
        (link,) = page.soup.select("details.series a")
        assert "Booked together with" in page.text
        assert link["href"].endswith(str(other))


def test_a_single_visit_says_nothing_of_it(olga, booked):
    assert "Booked together" not in olga.get(f"/desk/appointments/{booked}").text
