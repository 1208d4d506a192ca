"""A day in 2031 with one slot, and that slot held by Olga."""

from uuid import UUID

import pytest

from tests.blueprints.conftest import Page, Visitor
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book

DAY = "2031-03-03"


def hits(page: Page) -> list[str]:
    """Whom a search lists, in its order."""
    return [hit.strong.get_text() for hit in page.soup.select(".hit")]


@pytest.fixture
def slot(clinic) -> UUID:
    return clinic.slot()


@pytest.fixture
def day_page(olga: Visitor, slot: UUID) -> Page:
    return olga.get(f"/desk/{DAY}")


@pytest.fixture
def hold_page(olga: Visitor, day_page: Page, slot: UUID) -> Page:
    """Where a click on a free time leads."""
    return olga.submit(day_page, "/desk/holds", slot_id=str(slot))


@pytest.fixture
def held(hold_page: Page, slot: UUID, records) -> UUID:
    return records.live(slot)[0]


@pytest.fixture
def booked(clinic, slot: UUID) -> UUID:
    """Pat's appointment."""
    with tenant_scope(clinic.id):
        return book(slot_id=slot, patient_id=clinic.pat, type_id=clinic.type_id, actor="test", source="DESK").id
