"""What is started beside what, and on which ports."""

import socket
from contextlib import closing

import click
import pytest

from tests.conftest import free_port
from webapp.cli.serve import _children, without_stream_where_its_port_is_taken


@pytest.fixture
def taken():
    """A port that somebody else listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


def names(settings):
    return [child.name for child in _children(settings, demo=False)]


def test_the_stream_is_a_child_of_its_own(settings):
    (stream,) = [c for c in _children(settings, demo=False) if c.name == "streams"]
    assert stream.argv[stream.argv.index("--port") + 1] == str(settings.port + 1)
    assert stream.argv[stream.argv.index("--workers") + 1] == "1"


def test_there_is_none_where_it_is_off(settings):
    off = settings.model_copy(update={"stream_url": "off"})
    assert names(off) == ["web", "worker"]
    assert {child.env["STREAM_URL"] for child in _children(off, demo=False)} == {"off"}


def test_a_neighbour_on_the_next_port_costs_the_stream_only(settings, taken, capsys):
    kept = without_stream_where_its_port_is_taken(settings.model_copy(update={"port": taken - 1}))
    assert not kept.stream_on
    assert f"port {taken}" in capsys.readouterr().err


def test_a_port_that_was_asked_for_must_be_free(settings, taken):
    with pytest.raises(click.ClickException, match="STREAM_PORT"):
        without_stream_where_its_port_is_taken(settings.model_copy(update={"stream_port": taken}))


def test_a_free_port_is_used(settings):
    asked = settings.model_copy(update={"stream_port": free_port()})
    assert without_stream_where_its_port_is_taken(asked) is asked
