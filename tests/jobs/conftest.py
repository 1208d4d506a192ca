"""A visit that is booked, its messages, and sending what is due."""

from uuid import UUID

import icalendar
import pytest
from sqlalchemy import text

from tests.mail_sink import sink
from webapp.core.sms import NoSms
from webapp.core.transactions import reading
from webapp.jobs.delivery import take_turn
from webapp.services.booking import book

__all__ = ["sink"]

BY = {"actor": "test", "source": "DESK"}


@pytest.fixture
def booked(app, within):
    with app.app_context():
        yield book(slot_id=within.slot(), patient_id=within.pat, type_id=within.type_id, **BY)


@pytest.fixture
def log(records, within):
    """(kind, status, error) of each message, oldest first."""

    def read() -> list[tuple[str, str, str | None]]:
        query = "SELECT kind, status, error FROM messages WHERE tenant_id = :id ORDER BY created_at"
        return [tuple(row) for row in records.rows(query, id=within.id)]

    return read


@pytest.fixture
def wait(records, within):
    """Let time pass: everything that waits is due, and changes are no longer taken back in passing."""

    def pass_by() -> None:
        records.rows(
            "UPDATE messages SET created_at = created_at - interval '1 hour' WHERE tenant_id = :id", id=within.id
        )
        records.rows(
            "UPDATE appointment_events SET created_at = created_at - interval '1 hour' WHERE tenant_id = :id",
            id=within.id,
        )
        records.rows(
            """UPDATE messages SET due_at = clock_timestamp() - interval '1 second'
               WHERE tenant_id = :id AND status IN ('QUEUED', 'SENDING')""",
            id=within.id,
        )

    return pass_by


def send(post, gateway=None) -> None:
    try:
        take_turn(post, gateway or NoSms())
    finally:
        post.close()


def file_of(letter) -> icalendar.Calendar:
    (attached,) = letter.iter_attachments()
    shown = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    assert shown.get_content() == attached.get_content()
    calendar = icalendar.Calendar.from_ical(attached.get_content())
    assert shown["Content-Type"].params["method"] == str(calendar["method"])
    return calendar


def only_id(within) -> UUID:
    with reading() as connection:
        return connection.scalar(text("SELECT id FROM messages WHERE tenant_id = :id"), {"id": within.id})
