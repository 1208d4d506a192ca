"""A time that a patient holds, and the page to say who comes."""

from uuid import UUID

import pytest

from tests.blueprints.conftest import Page, Visitor, soon

PAT = {"full_name": "Pat Doe", "email": "pat@mail.example", "phone": ""}


@pytest.fixture
def slot(visitor: Visitor) -> UUID:
    return visitor.clinic.slot(soon())


@pytest.fixture
def details_page(visitor: Visitor, slot: UUID) -> Page:
    """Where choosing a time leads."""
    day = str(soon().date())
    page = visitor.get(f"/book/{visitor.clinic.type_id}/{day}")
    return visitor.submit(page, day, slot_id=str(slot))


@pytest.fixture
def held(details_page: Page, slot: UUID, records) -> UUID:
    """The appointment that is held."""
    return records.live(slot)[0]
