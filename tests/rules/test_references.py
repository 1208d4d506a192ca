"""The short reference of an appointment."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.references import LETTERS, end_of_id, reference


@given(st.uuids())
def test_it_leads_back_to_the_end_of_the_id(appointment_id):
    assert end_of_id(reference(appointment_id)) == appointment_id.hex[-11:]


@pytest.mark.parametrize("text", ["", "ABC", "ABC-DEF-GHI", "0BC-DEF-GHJ", "ZZZ-ZZZ-ZZZ", "ABCDEFGHJK"])
def test_what_is_none(text):
    assert end_of_id(text) is None


def test_the_first_and_the_last():
    assert reference(UUID(int=0)) == "222-222-222"
    assert end_of_id("222222222") == "0" * 11
    assert end_of_id(reference(UUID(int=2**128 - 1))) == "f" * 11
    assert not set("0O1ILU") & set(LETTERS)


@pytest.mark.parametrize("write", ["{}.", "“{}”", " {}\n", "\u202a{}\u202c", "({}),"])
def test_what_is_copied_along_does_not_count(write):
    some = UUID(int=2**128 - 12345)
    assert end_of_id(write.format(reference(some))) == end_of_id(reference(some))


@pytest.mark.parametrize("dash", ["–", "\u2011", " ", "\u00a0", ""])
def test_nor_does_what_stands_between(dash):
    some = UUID(int=2**128 - 12345)
    assert end_of_id(reference(some).lower().replace("-", dash)) == end_of_id(reference(some))


def test_nor_does_the_width_of_the_letters():
    assert end_of_id("２２２－２２２－２２２") == "0" * 11
