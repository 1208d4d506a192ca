from uuid import uuid4

from webapp.blueprints.api.access import tenant_of


def test_a_token_is_printed_once_and_names_its_clinic(app, clinic):
    said = app.test_cli_runner().invoke(args=["tokens", "make", clinic.id, "till", "--scope", "read"])
    token_id, secret = said.output.split()
    assert tenant_of(secret) == clinic.id
    again = app.test_cli_runner().invoke(args=["tokens", "revoke", clinic.id, token_id])
    assert (again.exit_code, again.output) == (0, "Revoked.\n")


def test_an_unknown_scope_is_refused(app, clinic):
    said = app.test_cli_runner().invoke(args=["tokens", "make", clinic.id, "till", "--scope", "everything"])
    assert said.exit_code == 2
    assert "everything" in said.output


def test_an_unknown_token_cannot_be_revoked(app, clinic):
    said = app.test_cli_runner().invoke(args=["tokens", "revoke", clinic.id, str(uuid4())])
    assert said.exit_code == 1
    assert "no such token" in said.output


def test_a_token_for_an_unknown_clinic_is_refused_in_words(app):
    said = app.test_cli_runner().invoke(args=["tokens", "make", f"nowhere-{uuid4()}", "till"])
    assert said.exit_code == 1
    assert "no such clinic" in said.output.lower()
