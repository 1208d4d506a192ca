"""The short reference of an appointment: what a patient reads out on the phone."""

from unicodedata import normalize
from uuid import UUID

#: No letter or digit that is taken for another: no 0 and O, no 1, I and L, no U beside V.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 9
_BITS = 44  # 30 ** 9 is just above 2 ** 44


def reference(appointment_id: UUID) -> str:
    """Nine letters and digits in threes, from the random end of the id."""
    rest = appointment_id.int & ((1 << _BITS) - 1)
    letters = ""
    for _ in range(LENGTH):
        rest, letter = divmod(rest, len(LETTERS))
        letters = LETTERS[letter] + letters
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"


def end_of_id(typed: str) -> str | None:
    """The last 11 hexadecimal digits of the id that a typed reference stands for; None when it is no reference.

    Signs between and around do not count, as the full stop that was copied along, nor does the width of the letters.
    """
    letters = "".join(c for c in normalize("NFKC", typed).upper() if c.isalnum())
    if len(letters) != LENGTH or any(letter not in LETTERS for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number * len(LETTERS) + LETTERS.index(letter)
    return f"{number:011x}" if number < 1 << _BITS else None
