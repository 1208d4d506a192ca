"""A locked session opens nothing until its own person's password is given."""

import pytest

from tests.conftest import PASSWORD
from webapp.core.errors import Forbidden
from webapp.core.tenancy import tenant_scope
from webapp.queries.identity import SignedIn, user_of_session
from webapp.services.signin import (
    add_user,
    lock_session,
    note_use,
    sign_in,
    sign_out,
    token_digest,
    unlock_session,
)

OTHER_PASSWORD = "another long password"


@pytest.fixture
def token(within) -> str:
    add_user(email="olga@clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")
    add_user(email="alice@clinic.example", full_name="Alice", password=OTHER_PASSWORD, role="ADMIN")
    return sign_in(email="olga@clinic.example", password=PASSWORD)


def seen(token: str) -> SignedIn:
    return user_of_session(token_digest(token))


def let_time_pass(records, clinic, minutes: int) -> None:
    records.rows(
        "UPDATE user_sessions SET last_seen_at = last_seen_at - make_interval(mins => :m) WHERE tenant_id = :t",
        m=minutes,
        t=clinic.id,
    )


def test_a_new_session_is_open_and_just_used(token):
    assert not seen(token).locked
    assert 0 <= seen(token).idle_seconds < 30


def test_locked_and_opened_again(token):
    lock_session(token=token)
    assert seen(token).locked
    unlock_session(token=token, password=PASSWORD)
    assert not seen(token).locked


def test_unlocking_counts_as_use(token, within, records):
    let_time_pass(records, within, 40)
    lock_session(token=token)
    unlock_session(token=token, password=PASSWORD)
    assert seen(token).idle_seconds < 30


def test_use_is_noted(token, within, records):
    let_time_pass(records, within, 10)
    assert seen(token).idle_seconds > 590
    note_use(token=token)
    assert seen(token).idle_seconds < 30


@pytest.mark.parametrize("wrong", ["", "wrong password", OTHER_PASSWORD])
def test_only_with_the_same_persons_password(token, wrong):
    lock_session(token=token)
    with pytest.raises(Forbidden):
        unlock_session(token=token, password=wrong)
    assert seen(token).locked


def test_locking_twice_keeps_the_first_moment(token, within, records):
    lock_session(token=token)
    first = records.one("SELECT locked_at FROM user_sessions WHERE tenant_id = :t", t=within.id).locked_at
    lock_session(token=token)
    assert records.one("SELECT locked_at FROM user_sessions WHERE tenant_id = :t", t=within.id).locked_at == first


def test_one_session_of_several(token):
    second = sign_in(email="olga@clinic.example", password=PASSWORD)
    lock_session(token=token)
    assert not seen(second).locked


@pytest.mark.parametrize("end", ["signed out", "disabled"])
def test_what_has_ended_is_not_unlocked(token, within, records, end):
    lock_session(token=token)
    if end == "signed out":
        sign_out(token=token)
    else:
        records.rows("UPDATE users SET is_active = false WHERE tenant_id = :t", t=within.id)
    with pytest.raises(Forbidden):
        unlock_session(token=token, password=PASSWORD)
    assert seen(token) is None


def test_not_from_another_clinic(token, within, other_clinic):
    with tenant_scope(other_clinic.id):
        lock_session(token=token)
        with pytest.raises(Forbidden):
            unlock_session(token=token, password=PASSWORD)
    with tenant_scope(within.id):
        assert not seen(token).locked
