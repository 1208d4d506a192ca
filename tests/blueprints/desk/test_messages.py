"""The delivery log, and sending again."""

import pytest

from tests.blueprints.conftest import soon
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book
from webapp.services.messages import lease_next, put_off


@pytest.fixture
def failed(clinic):
    """A confirmation that the mail server refused."""
    with tenant_scope(clinic.id):
        made = book(slot_id=clinic.slot(soon()), patient_id=clinic.pat, actor="test", source="DESK")
        put_off(lease=lease_next(), error="550", for_good=True)
    return made


def test_it_says_what_became_of_each(olga, failed):
    page = olga.get("/desk/messages")
    assert page.heading == "Messages to patients"
    assert "Pat Doe" in page.text
    assert "Failed: 550" in page.text


def test_of_one_state(olga, failed):
    assert "Pat Doe" in olga.get("/desk/messages?state=FAILED").text
    assert "No messages here." in olga.get("/desk/messages?state=SENT").text
    assert "Pat Doe" in olga.get("/desk/messages?state=nonsense").text


def test_of_one_appointment(olga, failed, clinic):
    with tenant_scope(clinic.id):
        other = book(slot_id=clinic.slot(soon(), after=60), patient_id=clinic.pat, actor="test", source="DESK")
    panel = olga.get(f"/desk/appointments/{failed.id}")
    link = panel.soup.select_one('a[href*="/desk/messages"]')["href"]
    assert "Failed: 550" in olga.get(link.partition(clinic.id)[2]).text
    assert "Failed: 550" not in olga.get(f"/desk/messages?appointment={other.id}").text


def test_sending_again_is_a_message_of_its_own(olga, failed, clinic, records):
    page = olga.submit(olga.get("/desk/messages"), "/again")
    assert "It goes out again in a moment." in page.text
    rows = records.rows("SELECT status FROM messages WHERE tenant_id = :id ORDER BY created_at", id=clinic.id)
    assert [row.status for row in rows] == ["FAILED", "QUEUED"]


def test_not_while_it_is_on_its_way(olga, failed, clinic, records):
    message = records.one("SELECT id FROM messages WHERE tenant_id = :id", id=clinic.id)
    records.rows("UPDATE messages SET status = 'QUEUED' WHERE id = :id", id=message.id)
    page = olga.post(f"/desk/messages/{message.id}/again")
    assert "still on its way" in page.text
    assert records.count("messages", clinic) == 1


def test_another_clinics_are_not_there(mallory, other_clinic, failed, records, clinic):
    message = records.one("SELECT id FROM messages WHERE tenant_id = :id", id=clinic.id)
    mallory.clinic = other_clinic
    assert "Pat Doe" not in mallory.get("/desk/messages").text
    assert mallory.post(f"/desk/messages/{message.id}/again").status == 404


def test_nothing_yet(olga):
    assert "No messages here." in olga.get("/desk/messages").text
