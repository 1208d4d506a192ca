"""Signing out ends the session in the database, not only in the browser."""


def test_signing_out_ends_the_session(olga, records):
    before = records.count("user_sessions", olga.clinic)
    page = olga.submit(olga.get("/desk/2031-03-03"), "/sign-out")
    assert page.path.endswith("/sign-in")
    assert "You are signed out." in page.text
    assert records.count("user_sessions", olga.clinic) == before - 1
    assert olga.get("/desk/").path.endswith("/sign-in")


def test_a_copied_cookie_is_worth_nothing_afterwards(olga, app):
    with olga.client.session_transaction() as session:
        copied = dict(session)
    olga.submit(olga.get("/desk/2031-03-03"), "/sign-out")
    with olga.client.session_transaction() as session:
        session.update(copied)
    assert olga.get("/desk/").path.endswith("/sign-in")


def test_anonymous_is_harmless(visitor):
    assert visitor.post("/sign-out").path.endswith("/sign-in")


def test_wrong_method(olga):
    assert olga.get("/sign-out").status == 405
    assert "/desk/" in olga.get("/desk/").path
