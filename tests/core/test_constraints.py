"""From a violated constraint to what a person reads."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from webapp.core.constraints import MESSAGES, translate, violated
from webapp.core.errors import Conflict, InvalidInput, NotFound, SlotTaken


def violation(sql, name: str) -> IntegrityError:
    sql.execute(text(f'CREATE TEMP TABLE odd (n int CONSTRAINT "{name}" CHECK (n > 0))'))
    with pytest.raises(IntegrityError) as caught:
        sql.execute(text("INSERT INTO odd VALUES (0)"))
    return caught.value


def test_a_known_one(sql):
    error = violation(sql, "unique_tenant_slot")
    assert violated(error) == "unique_tenant_slot"
    assert isinstance(translate(error), SlotTaken)


def test_a_shards_number_is_left_off(sql):
    error = violation(sql, "unique_tenant_slot_102088")
    assert violated(error) == "unique_tenant_slot"
    assert isinstance(translate(error), SlotTaken)


def test_an_unknown_one(sql):
    assert translate(violation(sql, "nobody_knows")) is None


def test_one_that_is_our_own_fault(sql):
    error = violation(sql, "hold_expires")
    assert (violated(error), translate(error)) == ("hold_expires", None)


def test_an_error_without_a_constraint(sql):
    with pytest.raises(DBAPIError) as caught:
        sql.execute(text("SELECT 1 / 0"))
    assert (violated(caught.value), translate(caught.value)) == (None, None)


def test_each_sentence_says_what_to_do():
    known = [entry for entry in MESSAGES.values() if entry]
    assert all(sentence[0].isupper() and sentence.endswith(".") for _, sentence in known)
    assert all(issubclass(kind, (Conflict, InvalidInput, NotFound)) for kind, _ in known)
