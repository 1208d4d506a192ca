"""Reading what somebody typed to find a patient."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.rules.patient_search import LONGEST, read
from webapp.rules.references import reference

TODAY = date(2026, 6, 15)
BORN = date(1984, 3, 27)
birthdays = st.dates(date(1927, 1, 1), TODAY)


def days(text, **more):
    return read(text, today=TODAY, **more).days


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\x00"])
def test_nothing_is_nothing(text):
    assert read(text, today=TODAY) is None


@pytest.mark.parametrize(
    "text",
    ["27.3.1984", "27. 3. 1984", "27/3/84", "27-03-1984", "1984-03-27", "1984/3/27", "27 3 1984", "27031984",
     "٢٧/٣/١٩٨٤", "anna 27.3.1984", "27.3.84 anna", "27 Mar 1984", "27. März 1984",
     "27 de marzo de 1984", "27 mars 1984", "March 27, 1984", "anna 27 mar. 1984", "٢٧ مارس ١٩٨٤"],
)  # fmt: skip
def test_dates_of_birth(text):
    assert days(text) == (BORN,)


def test_the_clinics_order_decides_what_could_be_both():
    assert days("3/4/1984") == (date(1984, 4, 3),)
    assert days("3/4/1984", month_first=True) == (date(1984, 3, 4),)
    assert days("3/27/1984") == days("3/27/1984", month_first=True) == (BORN,)
    assert days("3.4.1984", month_first=True) == (date(1984, 4, 3),)


def test_two_digits_may_be_this_century_or_the_last():
    assert days("1.2.15") == (date(2015, 2, 1), date(1915, 2, 1))
    assert days("1.2.26") == (date(2026, 2, 1), date(1926, 2, 1))
    assert days("1.12.26") == (date(1926, 12, 1),)


@pytest.mark.parametrize("text", ["31.2.1984", "1.1.1899", "16.6.2026", "0.0.0000", "27.3.184", "1.2", "192.168.1.10"])
def test_what_nobody_was_born_on_is_no_date(text):
    assert days(text) == ()


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("1234", "1234"),
        ("0111 222", "111222"),
        ("030/123-45 67", "301234567"),
        ("+44 (0)20 7946 0000", "442079460000"),
        ("0049 30 1", "49301"),
        ("٠٣٠١٢٣٤", "301234"),
        ("007", "007"),
        ("12", None),
        ("anna", None),
    ],
)
def test_the_end_of_a_phone_number(text, tail):
    assert read(text, today=TODAY).tail == tail


def test_names_and_what_stands_beside_them():
    found = read(" Anna  27.3.1984 ", today=TODAY)
    assert (found.names, found.words, found.tail) == ("Anna 27.3.1984", "Anna", None)
    found = read("100% Proof", today=TODAY)
    assert (found.names, found.words) == ("100% Proof", "Proof")
    assert read("1234", today=TODAY).names == ""


def test_references_are_read_in_either_case():
    assert set(read("p10001", today=TODAY).references) == {"p10001", "P10001"}


@given(st.uuids())
def test_every_receipt_is_read(appointment_id):
    for text in (reference(appointment_id), reference(appointment_id).lower().replace("-", " ")):
        assert read(text, today=TODAY).receipt == appointment_id.hex[-11:]


@given(birthdays, st.booleans())
def test_every_birthday_is_read(born, month_first):
    order = f"{born.month}/{born.day}" if month_first else f"{born.day}/{born.month}"
    assert days(f"{order}/{born.year}", month_first=month_first) == (born,)
    assert born in days(f"{order}/{born.year % 100:02}", month_first=month_first)
    assert days(born.isoformat(), month_first=month_first) == (born,)


@given(st.text(max_size=3 * LONGEST), st.booleans())
def test_whatever_is_typed_has_a_meaning_or_none(text, month_first):
    found = read(text, today=TODAY, month_first=month_first)
    if found is not None:
        assert len(found.names) <= LONGEST
        assert found.tail is None or (found.tail.isascii() and found.tail.isdigit())
        assert all(day <= TODAY for day in found.days)
        assert "\x00" not in found.names + found.words + "".join(found.references)
