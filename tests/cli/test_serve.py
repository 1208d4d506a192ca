"""What is started beside what, and on which ports."""

import socket
from contextlib import ExitStack, closing

import click
import pytest

from tests.conftest import free_port
from webapp.cli.serve import _children, claim_web_port, without_stream_where_its_port_is_taken


@pytest.fixture
def taken():
    """A port that somebody else listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def claims():
    with ExitStack() as claims:
        yield claims


@pytest.fixture
def free(settings):
    """Settings with two ports that nobody has."""
    return settings.model_copy(update={"port": free_port(), "stream_port": free_port()})


def claim_ports(settings, claims):
    claim_web_port(settings, claims)
    return without_stream_where_its_port_is_taken(settings, claims)


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


def test_a_neighbour_on_the_next_port_costs_the_stream_only(free, taken, claims, capsys, monkeypatch):
    monkeypatch.setattr(type(free), "own_stream_port", property(lambda _self: taken))
    kept = claim_ports(free.model_copy(update={"stream_port": None}), claims)
    assert not kept.stream_on
    assert f"port {taken}" in capsys.readouterr().err


def test_a_port_that_was_asked_for_must_be_free(free, taken, claims):
    with pytest.raises(click.ClickException, match="STREAM_PORT"):
        claim_ports(free.model_copy(update={"stream_port": taken}), claims)


def test_a_free_port_is_used(free, claims):
    assert claim_ports(free, claims) is free


def test_who_starts_at_the_same_moment_finds_the_ports_taken(free, claims):
    claim_ports(free, claims)
    with ExitStack() as others:
        with pytest.raises(click.ClickException, match=f"port {free.port}: another Holdfast has this port"):
            claim_ports(free, others)
        elsewhere = free.model_copy(update={"port": free_port()})
        with pytest.raises(click.ClickException, match=f"port {free.stream_port}: .*STREAM_PORT"):
            claim_ports(elsewhere, others)
        # The port of its pages is that of the other's stream.
        crossed = elsewhere.model_copy(update={"port": free.stream_port})
        with pytest.raises(click.ClickException, match=f"port {free.stream_port}"):
            claim_ports(crossed, others)


def test_the_servers_find_them_free(free):
    with ExitStack() as claims:
        claim_ports(free, claims)
    with closing(socket.create_server(("127.0.0.1", free.port))) as server:
        assert server.getsockname()[1] == free.port
