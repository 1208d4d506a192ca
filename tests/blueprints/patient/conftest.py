"""A time that a patient holds, and the page to say who comes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.blueprints.conftest import Page, Visitor, soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.manage_links import make_link

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


@dataclass(frozen=True)
class Own:
    """A visit that is booked, and the address of its page."""

    id: UUID
    slot: UUID
    path: str


def booked(clinic, slot: UUID, **options: Any) -> Own:
    """A visit of Pat's, with a link."""
    asked = {"patient_id": clinic.pat, "type_id": clinic.type_id, "actor": "patient", "source": "PATIENT"} | options
    with tenant_scope(clinic.id):
        made = book(slot_id=slot, **asked)
        return Own(made.id, slot, f"/visit/{make_link(appointment_id=made.id)}")


@pytest.fixture
def own(visitor: Visitor) -> Own:
    """In two days, at nine."""
    return booked(visitor.clinic, visitor.clinic.slot(soon(days=2)))


def set_rule(records, visitor: Visitor, **columns: Any) -> None:
    """Change what the clinic lets patients do."""
    pairs = ", ".join(f"{name} = :{name}" for name in columns)
    records.rows(f"UPDATE tenants SET {pairs} WHERE id = :id", id=visitor.clinic.id, **columns)


def finish(visitor: Visitor, details_page: Page, **fields: str) -> Page:
    """Say who comes and, where nothing is wrong with it, look at it once more and book."""
    page = visitor.submit(details_page, details_page.path, **fields)
    return visitor.submit(page, "/check") if page.path.endswith("/check") else page


@pytest.fixture
def mailing(app):
    """Mail is set up."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = before.model_copy(update={"smtp_url": "smtp://127.0.0.1:1", "mail_from": "a@b.example"})
    yield
    app.config["SETTINGS"] = before


THREE = {"p1_full_name": "Anna Doe", "p2_full_name": "Ben Doe", "p3_full_name": "Cleo Doe", "email": "doe@mail.example"}


@pytest.fixture
def halves(visitor: Visitor) -> list[UUID]:
    """Half hours from nine to noon."""
    return [visitor.clinic.slot(soon(), after=30 * number) for number in range(6)]


@pytest.fixture
def party_page(visitor: Visitor, halves: list[UUID]) -> Page:
    """Where choosing times leads: three people, one after the other from nine."""
    return choose_together(visitor, times_together(visitor))


def times_together(visitor: Visitor, *, people: int = 3) -> Page:
    return visitor.get(f"/together/{visitor.clinic.type_id}/{soon().date()}?people={people}")


def offered(page: Page) -> list[str]:
    """What the buttons of the times send."""
    return [button["value"] for button in page.soup.select("button[name=time]")]


def choose_together(visitor: Visitor, page: Page, number: int = 0) -> Page:
    (form,) = [form for form in page.soup.select("form") if form.select("button[name=time]")]
    hidden = {i["name"]: i["value"] for i in form.select("input[type=hidden]")}
    return visitor.post(form["action"], hidden | {"time": offered(page)[number]})


def describe_all(visitor: Visitor, page: Page, **fields: str) -> Page:
    return visitor.submit(page, page.path, **(THREE | fields))


def book_all(visitor: Visitor, page: Page, **fields: str) -> Page:
    return visitor.submit(describe_all(visitor, page, **fields), "/check")


def of_status(records, visitor: Visitor, status: str) -> list[Any]:
    """The clinic's visits in that state, in the order of their time."""
    found = "SELECT * FROM appointments WHERE tenant_id = :id AND status = :status ORDER BY start_time, id"
    return records.rows(found, id=visitor.clinic.id, status=status)
