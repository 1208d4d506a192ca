"""Every address of the patients' pages with values that no page of ours sends: a sentence, never a failure."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask

from tests.blueprints.conftest import Visitor, soon
from tests.blueprints.patient.conftest import Own

ODD = ["\0", "9" * 20, "Z" * 9000, "0001-01-01", "' OR 1=1 --", "\u202e😀", "-1"]
ASKED = ["people", "then", "with", "since", "hold", "near", "why", "sent", "type", "specialist", "first", "time"]
SENT = [
    "full_name", "email", "phone", "date_of_birth-day", "version", "slot_id", "start", "time", "slots", "key",
    "instead", "shown", "lang", "reference", "first_day", "weekdays", "parts", "specialist_ids", "offer", "reason",
    "p1_full_name",
]  # fmt: skip
ANSWERS = {200, 302, 303, 400, 403, 404, 405, 409, 413, 429}


def addresses(app: Flask, visitor: Visitor, own: Own, held: str, slot: UUID, method: str) -> Iterator[str]:
    """Those that take the method, with links that open something."""
    known = {
        "<clinic>": visitor.clinic.id,
        "<uuid:type_id>": str(visitor.clinic.type_id),
        "<day:day>": str(soon().date()),
        "<uuid:slot_id>": str(slot),
        "<uuid:other>": str(own.id),
    }
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("patient.") and method in (rule.methods or ()):
            address = rule.rule.replace("<token>", held if "/hold/" in rule.rule else own.path.rpartition("/")[2])
            for name, value in known.items():
                address = address.replace(name, value)
            assert "<" not in address, "a part of an address that this test does not know"
            yield address


@pytest.fixture
def there(app, visitor, own, details_page, slot):
    def of(method: str) -> list[str]:
        return list(addresses(app, visitor, own, details_page.path.rpartition("/")[2], slot, method))

    return of


@pytest.mark.parametrize("value", ODD)
def test_what_is_sent(visitor, there, value):
    fields = dict.fromkeys(SENT, value) | {"csrf_token": visitor.csrf()}
    answers = {address: visitor.client.post(address, data=fields).status_code for address in there("POST")}
    assert len(answers) > 20
    assert {address: status for address, status in answers.items() if status not in ANSWERS} == {}


@pytest.mark.parametrize("value", ODD)
def test_what_is_asked(visitor, there, value):
    query = dict.fromkeys(ASKED, value)
    answers = {address: visitor.client.get(address, query_string=query).status_code for address in there("GET")}
    assert len(answers) > 20
    assert {address: status for address, status in answers.items() if status not in ANSWERS} == {}
