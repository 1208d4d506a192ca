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


def test_the_stream_is_beside_the_pages():
    assert settings(port=3100).stream_base(scheme="http", host="desk.local:3100") == "http://desk.local:3101"
    assert settings(stream_port=9000).stream_base(scheme="http", host="[::1]:3000") == "http://[::1]:9000"
    assert settings(stream_port=9000).stream_base(scheme="http", host="[::1]") == "http://[::1]:9000"


@pytest.mark.parametrize("address", ["https://book.example/stream", "/stream"])
def test_the_stream_may_be_reached_elsewhere(address):
    assert settings(stream_url=f"{address}/", behind_proxy=True).stream_base(scheme="https", host="x") == address


@pytest.mark.parametrize("given", [{"stream_url": "off"}, {"behind_proxy": True}, {"port": 65535}])
def test_without_a_stream_pages_ask(given):
    assert settings(**given).stream_base(scheme="http", host="desk.local") == ""


def test_a_host_that_is_none_is_not_repeated():
    assert settings().stream_base(scheme="http", host="x; script-src *") == ""


@pytest.mark.parametrize("wrong", ["on", "ftp://book.example", "https://book.example; script-src *", "//other"])
def test_an_address_that_is_none(wrong):
    with pytest.raises(BadSettings, match="STREAM_URL"):
        settings(stream_url=wrong)
