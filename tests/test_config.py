"""Settings that cannot work end the process with a sentence."""

import pytest

from webapp.config import OPEN_ON_NETWORK, BadSettings, Settings, load_settings


def settings(**given) -> Settings:
    return load_settings(_env_file=None, secret_key="x", **given)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "clinic.example"])
def test_an_open_api_stays_at_home(host):
    with pytest.raises(BadSettings, match="lets everybody on the network book"):
        settings(api_access="open", host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_at_home_it_may_be_open(host):
    assert settings(api_access="open", host=host).host == host


def test_on_the_network_only_in_so_many_words():
    with pytest.raises(BadSettings):
        settings(api_access="open", host="0.0.0.0", api_open_on_network="yes")
    assert settings(api_access="open", host="0.0.0.0", api_open_on_network=OPEN_ON_NETWORK).api_access == "open"


def test_a_token_is_asked_for_unless_said_otherwise():
    assert settings(host="0.0.0.0").api_access == "token"


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 0},
        {"port": 65536},
        {"web_workers": 0},
        {"booking_expiry_seconds": 0},
        {"booking_isolation": "SERIALIZABLE"},
        {"api_access": "closed"},
    ],
)
def test_settings_that_make_no_sense(wrong):
    (name,) = wrong
    with pytest.raises(BadSettings, match=name.upper()):
        settings(**wrong)


@pytest.mark.parametrize("spelling", ["READ COMMITTED", "read committed", "read_committed"])
def test_the_isolation_may_be_chosen(spelling):
    assert settings(booking_isolation=spelling).booking_isolation == "READ COMMITTED"


def test_where_the_database_is():
    url = settings(db_host="db", db_port=5433, db_name="book", db_user="o'r", db_password="p@ss/word").admin_url
    assert (url.host, url.port, url.database, url.username, url.password) == ("db", 5433, "book", "o'r", "p@ss/word")
    assert settings(database_url="postgres://a:b@c/d").admin_url.drivername == "postgresql+psycopg"


def test_the_served_roles_have_passwords_of_their_own():
    made = settings(database_url="postgresql://admin:secret@db/book")
    assert (made.app_url.username, made.reader_url.username) == ("holdfast_app", "holdfast_reader")
    assert len({made.admin_url.password, made.app_url.password, made.reader_url.password}) == 3


def test_without_a_server_named_it_brings_its_own():
    assert settings().embedded
    assert not settings(db_name="book").embedded
