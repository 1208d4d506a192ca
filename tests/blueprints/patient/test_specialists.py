"""With whom: any specialist first, then each with their first free day; and links that have chosen already."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.blueprints.conftest import held_at_desk, soon
from tests.conftest import colleague, statements_read
from webapp.core.tenancy import tenant_scope
from webapp.services.specialists import add_type, offer_types


@pytest.fixture
def other(visitor):
    return colleague(visitor.clinic)


def rows(page):
    return [row.get_text(" ", strip=True).replace("\u202f", " ") for row in page.soup.select("a.choice")]


def test_any_specialist_comes_first_and_each_says_from_when(visitor, other):
    other.slot(soon(days=3))
    other.slot(soon(days=4))
    page = visitor.get(f"/book/{visitor.clinic.type_id}/specialists")
    found = rows(page)
    assert found[0].startswith("Any specialist")
    assert "Step" not in page.text  # the type and the specialist are chosen in one step of the five
    assert found[1].startswith("Dr. Ruth Adler")
    assert f"{soon(days=3):%b} {soon(days=3).day}" in found[1]
    assert found[2].startswith("Dr. Sam Weiss")
    assert "nothing free" in found[2]


def test_where_there_is_one_nobody_is_asked(visitor):
    assert visitor.get(f"/book/{visitor.clinic.type_id}/specialists").heading == "Choose a day"


def test_who_does_not_offer_it_is_not_there(visitor, other):
    third = colleague(visitor.clinic)
    with tenant_scope(visitor.clinic.id):
        offer_types(specialist_id=third.specialist_id, type_ids=[])
    assert len(rows(visitor.get(f"/book/{visitor.clinic.type_id}/specialists"))) == 3


def test_nothing_free_with_one_names_who_has_a_time(visitor, other):
    other.slot(soon(days=3))
    held_at_desk(visitor.clinic, visitor.clinic.slot(soon()))
    page = visitor.get(f"/book/{visitor.clinic.type_id}?with={visitor.clinic.specialist_id}")
    assert "Dr. Sam Weiss has no free time until" in page.text
    (choice,) = page.soup.select("a.choice")
    assert "Dr. Ruth Adler" in choice.get_text()
    assert choice["href"].endswith(f"/{soon(days=3).date()}?with={other.specialist_id}")


def test_the_number_of_statements_does_not_grow_with_the_specialists(visitor, other):
    path = f"/book/{visitor.clinic.type_id}/specialists"
    with statements_read() as few:
        visitor.get(path)
    for _one in range(5):
        colleague(visitor.clinic).slot(soon())
    with statements_read() as many:
        visitor.get(path)
    assert len(many) == len(few) <= 8, many


@pytest.mark.parametrize("path", ["/", "/book"])
@pytest.mark.parametrize("name", ["consultation", "Consultation", "CONSULTATION ", "id"])
def test_a_type_can_be_named_in_a_link(visitor, other, path, name):
    wanted = str(visitor.clinic.type_id) if name == "id" else quote(name)
    page = visitor.get(f"{path}?type={wanted}")
    assert page.path.endswith(f"{visitor.clinic.type_id}/specialists")


@pytest.mark.parametrize("name", ["dr-ruth-adler", "Dr. Ruth Adler", "id"])
def test_and_a_specialist_too(visitor, other, name):
    wanted = str(other.specialist_id) if name == "id" else quote(name)
    page = visitor.get(f"/?type=consultation&specialist={wanted}")
    assert page.heading == "Choose a day"
    assert "With Dr. Ruth Adler" in page.text


def test_a_specialist_alone_leaves_what_they_offer(visitor, other):
    with tenant_scope(visitor.clinic.id):
        add_type(name="Blood test", minutes=30, specialist_ids=[visitor.clinic.specialist_id])
    page = visitor.get("/book?specialist=dr-ruth-adler")
    assert rows(page) == ["Consultation 30 minutes"]
    assert f"with={other.specialist_id}" in page.one("a.choice")["href"]


def test_what_a_link_names_and_is_not_there_is_said(visitor, other):
    for query in ("type=nonsense", f"type={uuid4()}", "specialist=nobody", "type=consultation&specialist=nobody"):
        page = visitor.get(f"/book?{query}")
        assert page.status == 200, query
    assert "What the link names cannot be booked here any more" in visitor.get("/book?type=nonsense").text


def test_a_private_type_is_booked_by_its_link_alone(visitor, other, alice, records):
    with tenant_scope(visitor.clinic.id):
        hidden = add_type(
            name="Second opinion", minutes=30, is_public=False, specialist_ids=[visitor.clinic.specialist_id]
        )
    slot = visitor.clinic.slot(soon())
    assert visitor.get(f"/book/{hidden}").status == 404
    assert "Second opinion" not in visitor.get("/book").text
    assert "Second opinion" not in visitor.get("/").text
    assert visitor.get("/book?type=second-opinion").heading == "What is the visit for?"
    (link,) = [a["href"] for a in alice.get("/admin/").soup.select("td a") if "/book/" in a["href"]]
    assert str(hidden) not in link
    page = visitor.get(link)
    page = visitor.get(page.one(".choice.first")["href"])
    page = visitor.submit(page, str(soon().date()), start=page.one("button.time")["value"])
    assert "Second opinion" in page.text
    assert str(hidden) not in page.response.text
    (held,) = records.live(slot)
    assert records.appointment(held).appointment_type_id == hidden


def test_another_clinics_type_is_404(visitor, other_clinic):
    assert visitor.get(f"/book/{other_clinic.type_id}/specialists").status == 404


def test_wrong_method(visitor):
    assert visitor.post(f"/book/{visitor.clinic.type_id}/specialists").status == 405
