"""Remembered for one user of one clinic, and read with who they are."""

from uuid import UUID

import pytest

from tests.conftest import PASSWORD
from webapp.core.errors import InvalidInput
from webapp.core.tenancy import tenant_scope
from webapp.queries.identity import user_of_session
from webapp.rules.desk_settings import DeskSettings
from webapp.services.signin import add_user, sign_in, token_digest
from webapp.services.user_settings import change_settings


@pytest.fixture
def somebody(within) -> UUID:
    return add_user(email="olga@clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")


def settings_seen(email: str = "olga@clinic.example") -> DeskSettings:
    return user_of_session(token_digest(sign_in(email=email, password=PASSWORD))).settings


def test_nothing_was_set(somebody):
    assert settings_seen() == DeskSettings()


def test_a_change_leaves_the_others_alone(within, somebody):
    change_settings(user_id=somebody, changes={"view": "week", "specialists": [str(within.specialist_id)]})
    change_settings(user_id=somebody, changes={"view": "list", "hide_names": True})
    assert settings_seen() == DeskSettings(view="list", specialists=(within.specialist_id,), hide_names=True)


def test_nothing_to_change(somebody, within, records):
    change_settings(user_id=somebody, changes={})
    assert records.count("user_settings", within) == 0


def test_one_wrong_setting_and_none_is_kept(somebody):
    with pytest.raises(InvalidInput):
        change_settings(user_id=somebody, changes={"density": "compact", "view": "month"})
    assert settings_seen() == DeskSettings()


def test_they_are_one_persons(somebody, within):
    add_user(email="alice@clinic.example", full_name="Alice", password=PASSWORD, role="ADMIN")
    change_settings(user_id=somebody, changes={"density": "compact"})
    assert settings_seen("alice@clinic.example") == DeskSettings()


def test_somebody_of_another_clinic_is_nobody_here(somebody, other_clinic, records):
    with tenant_scope(other_clinic.id), pytest.raises(Exception, match="fk_user_settings_user"):
        change_settings(user_id=somebody, changes={"density": "compact"})
    assert records.count("user_settings", other_clinic) == 0
