"""A number that takes many tries to find and one to check."""

from hashlib import sha256
from itertools import count

import pytest

from webapp.rules.proof import proves


def zero_bits(challenge, answer):
    return 256 - int(sha256(f"{challenge}:{answer}".encode()).hexdigest(), 16).bit_length()


def found(challenge, bits):
    return next(str(n) for n in count() if zero_bits(challenge, n) >= bits)


def test_the_number_that_was_looked_for_proves_it():
    answer = found("abc", 10)
    assert proves("abc", answer, bits=10)
    assert not proves("abd", answer, bits=10)
    assert not proves("abc", answer, bits=zero_bits("abc", answer) + 1)


def test_every_bit_counts():
    answer = next(str(n) for n in count() if zero_bits("abc", n) == 5)
    assert [proves("abc", answer, bits=bits) for bits in (4, 5, 6, 7)] == [True, True, False, False]


@pytest.mark.parametrize("answer", ["", "-1", "1.0", "٣", "²", " 1", "9" * 17, "a"])
def test_only_a_number_is_an_answer(answer):
    assert not proves("abc", answer, bits=0)
    assert proves("abc", "7", bits=0)
