"""Patients, specialists, types of visit, tenants, API tokens and users."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from webapp.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from webapp.core.tenancy import tenant_scope
from webapp.queries.identity import program_of_token, user_of_session
from webapp.services.api_tokens import keep_token, revoke_token
from webapp.services.patients import add_patient
from webapp.services.signin import add_user, sign_in, sign_out, token_digest
from webapp.services.specialists import add_specialist, add_type, offer_types
from webapp.services.tenants import ensure_tenant

PASSWORD = "a long enough password"


def test_a_patient(within, records):
    patient = add_patient(full_name="  Ines Prado ", reference="user_ines")
    row = records.one("SELECT * FROM patients WHERE id = :id", id=patient)
    assert (row.tenant_id, row.full_name, row.reference) == (within.id, "Ines Prado", "user_ines")


@pytest.mark.parametrize("name", ["", "  \t"])
def test_people_have_names(within, name):
    for add in (add_patient, add_specialist):
        with pytest.raises(InvalidInput) as caught:
            add(full_name=name)
        assert caught.value.field == "full_name"


def test_a_reference_belongs_to_one_patient_of_a_clinic(within, other_clinic):
    with pytest.raises(Conflict):
        add_patient(full_name="Another", reference="user_pat")
    with tenant_scope(other_clinic.id), pytest.raises(Conflict):
        add_patient(full_name="Theirs", reference="user_pat")


def test_specialists_get_the_next_colour(within, records):
    ids = [add_specialist(full_name=f"Dr. {n}") for n in range(8)]
    colours = [records.one("SELECT colour FROM specialists WHERE id = :id", id=one).colour for one in ids]
    assert colours == [1, 2, 3, 4, 5, 6, 7, 0]


def test_types_are_offered_by_whom_they_say(within, records):
    ruth = add_specialist(full_name="Dr. Ruth")
    check = add_type(name="Check", minutes=15, specialist_ids=[ruth])
    offer_types(specialist_id=within.specialist_id, type_ids=[check])
    rows = records.rows(
        "SELECT specialist_id, appointment_type_id FROM appointment_type_specialists WHERE tenant_id = :t", t=within.id
    )
    assert set(rows) == {(ruth, check), (within.specialist_id, check)}


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": 1440}, {"buffer_before": -1}, {"buffer_after": 241}, {"name": " "}]
)
def test_a_type_that_makes_no_sense(within, wrong):
    with pytest.raises(InvalidInput):
        add_type(**{"name": "Check", "minutes": 15} | wrong)


def test_types_stay_inside_the_clinic(within, other_clinic):
    with pytest.raises(NotFound):
        add_type(name="Check", minutes=15, specialist_ids=[other_clinic.specialist_id])
    with pytest.raises(NotFound):
        add_type(name="Check", minutes=15, room_id=uuid4())
    with pytest.raises(NotFound):
        offer_types(specialist_id=within.specialist_id, type_ids=[other_clinic.type_id])


def test_a_clinic_is_made_once(within, records):
    assert not ensure_tenant(name="Another name")
    assert records.one("SELECT name FROM tenants WHERE id = :id", id=within.id).name == "Harbour"


def test_a_clinic_is_in_a_zone_there_is(app):
    with tenant_scope("nowhere"), pytest.raises(InvalidInput):
        ensure_tenant(timezone="Europe/Atlantis")


def test_a_token_opens_until_it_is_revoked(within):
    digest = token_digest("secret")
    token = keep_token(name="Lab", digest=digest, scopes=["read"])
    assert program_of_token(digest).scopes == {"read"}
    when = revoke_token(token_id=token)
    assert abs(when - datetime.now(UTC)) < timedelta(minutes=1)
    assert program_of_token(digest) is None
    assert revoke_token(token_id=token) == when


def test_only_at_its_own_clinic(within, other_clinic):
    token = keep_token(name="Lab", digest=token_digest("secret"), scopes=["read"])
    with tenant_scope(other_clinic.id):
        assert program_of_token(token_digest("secret")) is None
        assert revoke_token(token_id=token) is None
    assert program_of_token(token_digest("secret")) is not None


def test_only_with_scopes_there_are(within):
    with pytest.raises(InvalidInput):
        keep_token(name="Lab", digest=b"x", scopes=["read", "everything"])


@pytest.fixture
def olga(within):
    return add_user(email="Olga@Clinic.example", full_name="Olga", password=PASSWORD, role="OPERATOR")


def test_signing_in_and_out(within, olga):
    token = sign_in(email="olga@clinic.EXAMPLE ", password=PASSWORD)
    person = user_of_session(token_digest(token))
    assert (person.user_id, person.role) == (olga, "OPERATOR")
    sign_out(token=token)
    assert user_of_session(token_digest(token)) is None


def test_one_browser_signs_out_alone(within, olga):
    tokens = [sign_in(email="olga@clinic.example", password=PASSWORD) for _ in range(2)]
    sign_out(token=tokens[0])
    assert user_of_session(token_digest(tokens[1])).user_id == olga


@pytest.mark.parametrize(("email", "password"), [("olga@clinic.example", "wrong"), ("nobody@clinic.example", PASSWORD)])
def test_one_sentence_for_whatever_was_wrong(within, olga, email, password):
    with pytest.raises(Forbidden, match=r"^The e-mail address or the password is not right\.$"):
        sign_in(email=email, password=password)


def test_not_at_another_clinic(within, olga, other_clinic):
    token = sign_in(email="olga@clinic.example", password=PASSWORD)
    with tenant_scope(other_clinic.id):
        assert user_of_session(token_digest(token)) is None
        with pytest.raises(Forbidden):
            sign_in(email="olga@clinic.example", password=PASSWORD)


def test_a_session_ends_by_itself(within, olga, records):
    token = sign_in(email="olga@clinic.example", password=PASSWORD)
    records.rows("UPDATE user_sessions SET expires_at = now() WHERE tenant_id = :t", t=within.id)
    assert user_of_session(token_digest(token)) is None


def test_with_the_job_ends_the_session(within, olga, records):
    token = sign_in(email="olga@clinic.example", password=PASSWORD)
    records.rows("UPDATE users SET is_active = false WHERE id = :id", id=olga)
    assert user_of_session(token_digest(token)) is None
    with pytest.raises(Forbidden):
        sign_in(email="olga@clinic.example", password=PASSWORD)


def test_nothing_that_opens_a_door_is_kept_readable(within, olga, records):
    token = sign_in(email="olga@clinic.example", password=PASSWORD)
    user = records.one("SELECT * FROM users WHERE id = :id", id=olga)
    session = records.one("SELECT * FROM user_sessions WHERE tenant_id = :t", t=within.id)
    assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in repr(user)
    assert token not in repr(session)


def test_users_who_cannot_be(within, olga):
    with pytest.raises(InvalidInput):
        add_user(email="new@clinic.example", full_name="New", password="short", role="OPERATOR")
    with pytest.raises(Conflict):
        add_user(email="OLGA@clinic.example", full_name="Olga again", password=PASSWORD, role="OPERATOR")
