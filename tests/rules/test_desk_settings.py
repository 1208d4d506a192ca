from uuid import uuid4

import pytest

from webapp.core.errors import InvalidInput
from webapp.rules.desk_settings import KEYS, DeskSettings, checked, settings_of, stored


def test_nothing_set_is_the_usual_desk():
    assert settings_of({}) == DeskSettings("day", "comfortable", (), False, True, True, "")


def test_what_was_stored_comes_back():
    one, two = uuid4(), uuid4()
    given = {"view": "week", "density": "compact", "specialists": (one, two), "hide_names": True, "shortcuts": False}
    kept = {key: stored(checked(key, value)) for key, value in given.items()}
    assert kept["specialists"] == [str(one), str(two)]
    assert settings_of(kept) == DeskSettings("week", "compact", (one, two), True, False, True)


def test_a_specialist_counts_once():
    one = uuid4()
    assert checked("specialists", [str(one), str(one)]) == (one,)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("view", "month"),
        ("view", None),
        ("view", []),
        ("density", "dense"),
        ("hide_names", "yes"),
        ("hide_names", 1),
        ("shortcuts", None),
        ("specialists", "all"),
        ("specialists", ["not an id"]),
        ("specialists", [str(uuid4()) for _ in range(201)]),
        ("language", "xx"),
        ("language", None),
        ("colour", "red"),
    ],
)
def test_what_a_setting_cannot_hold(key, value):
    with pytest.raises(InvalidInput):
        checked(key, value)
    assert settings_of({key: value}) == DeskSettings(), "a row like that is passed over"


def test_every_setting_has_its_check():
    usual = DeskSettings()
    assert {key: checked(key, getattr(usual, key)) for key in KEYS} == {key: getattr(usual, key) for key in KEYS}
