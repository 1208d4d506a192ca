"""Running: everything at once, or one part."""

import errno
import fcntl
import os
import socket
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext
from psycopg import sql
from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from webapp.cli.demo import DEMO_SIGN_INS, load_demo
from webapp.config import Settings
from webapp.core.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries
from webapp.core.processes import Child, Supervisor
from webapp.jobs.queue import connector, queue


@click.command("run-all")
@click.option("--demo", is_flag=True, help="Load the demo clinic and open the API to this machine.")
@with_appcontext
def run_all(demo: bool) -> None:
    """Start the database, bring its tables up to date, and serve pages, API and jobs until Ctrl-C."""
    settings: Settings = current_app.config["SETTINGS"]
    with ExitStack() as stack:
        claim_web_port(settings, stack)
        settings = without_stream_where_its_port_is_taken(settings, stack)
        each_tick = None
        if settings.embedded:
            server = start_embedded(settings)
            stack.callback(server.stop)
            each_tick = server.ensure_running
        set_up_database()
        if demo:
            load_demo()
        supervisor = Supervisor(_children(settings, demo), each_tick=each_tick)
        supervisor.run()


def claim_web_port(settings: Settings, claims: ExitStack) -> None:
    """The web server shares its port among its workers: without this look it would share it with another Holdfast,
    and each would sell the other's times.
    """
    try:
        _claim(settings.host, settings.port, claims)
    except OSError as error:
        raise click.ClickException(
            f"Nothing can be served on {settings.host} port {settings.port}: {error.strerror}. "
            f"Stop what uses it, or choose another port: PORT={settings.port + 1}"
        ) from None


def without_stream_where_its_port_is_taken(settings: Settings, claims: ExitStack) -> Settings:
    """The stream is a comfort: without it desks ask for changes every few seconds. Only a port that was asked for by
    name has to be free.
    """
    if not settings.stream_on:
        return settings
    try:
        _claim(settings.host, settings.own_stream_port, claims)
    except OSError as error:
        said = f"Changes cannot be streamed on {settings.host} port {settings.own_stream_port}: {error.strerror}."
        if settings.stream_port:
            raise click.ClickException(f"{said} Stop what uses it, or choose another STREAM_PORT.") from None
        click.echo(f"{said} Desks ask for them instead; STREAM_PORT names another port.", err=True)
        return settings.model_copy(update={"stream_url": "off"})
    return settings


def _claim(host: str, port: int, claims: ExitStack) -> None:
    """Keep the port from every other Holdfast of this user until ``claims`` ends. Raises OSError where it is taken.

    The servers bind it much later, when the database is up: a look alone would let two that start at the same moment
    both find it free. A socket that listened until then would seem to be the server.
    """
    path = Path(gettempdir()) / f"holdfast-{os.getuid()}-{quote(host, safe='')}-{port}.lock"
    file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    claims.callback(os.close, file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EADDRINUSE, "another Holdfast has this port") from None
    _bind(host, port)


def _bind(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def start_embedded(settings: Settings) -> EmbeddedPostgres:
    server = EmbeddedPostgres(settings.embedded_folder)
    try:
        server.start()
    except EmbeddedPostgresError as error:
        raise click.ClickException(str(error)) from None
    return server


def set_up_database() -> None:
    """Make the database where it is missing, and bring its tables up to date."""
    url = current_app.config["SETTINGS"].admin_url
    try:
        ensure_database(url)
        flask_migrate.upgrade()
    except OperationalError as error:
        raise click.ClickException(
            f"The database at {url.render_as_string(hide_password=True)} does not answer: {error.orig}\n"
            "Check DATABASE_URL (or DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD) and that the server runs."
        ) from None


def ensure_database(url: URL) -> None:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        if connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database}) is None:
            connection.exec_driver_sql(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(url.database)).as_string())


def _children(settings: Settings, demo: bool) -> list[Child]:
    env = os.environ | ({"API_ACCESS": os.environ.get("API_ACCESS", "open"), "DEMO": "true"} if demo else {})
    env |= {} if settings.stream_on else {"STREAM_URL": "off"}
    address = f"http://{settings.host}:{settings.port}"
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", settings.host]
    web += ["--port", str(settings.port), "--workers", str(settings.web_workers)]
    web += ["--blocking-threads", str(settings.web_threads), "--respawn-failed-workers", "--no-ws"]
    web += ["--log-level", "warning", "--workers-kill-timeout", "10", "wsgi:app"]
    children = [
        Child("web", web, env=env, ready=lambda: _is_up(address, demo)),
        Child("worker", [*flask, "worker"], env=env),
    ]
    return [*children, Child("streams", _streams(settings), env=env)] if settings.stream_on else children


def _streams(settings: Settings) -> list[str]:
    """One process, whatever the number of workers: it holds every desk's stream and looks once for all of them."""
    streams = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--host", settings.host]
    streams += ["--port", str(settings.own_stream_port), "--workers", "1", "--no-ws", "--backpressure", "4096"]
    streams += ["--respawn-failed-workers", "--workers-kill-timeout", "1", "--log-level", "warning"]
    return [*streams, "webapp.streams.app:create_stream_app"]


def _is_up(address: str, demo: bool) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/ready", timeout=2):  # noqa: S310 - our own address
            pass
    except (urllib.error.URLError, OSError):
        return False
    click.echo(f"Holdfast serves at {address}   (Ctrl-C stops it)")
    if demo:
        click.echo(DEMO_SIGN_INS.format(address=address))
    return True


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do background jobs until stopped."""
    settings: Settings = current_app.config["SETTINGS"]
    with queue.replace_connector(connector(settings.app_url)) as bound:
        bound.run_worker(concurrency=2, install_signal_handlers=True)


@click.command("psql", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@with_appcontext
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql on the running database as its administrator; statements may come from standard input."""
    settings: Settings = current_app.config["SETTINGS"]
    try:
        url = settings.admin_url.set(drivername="postgresql").render_as_string(hide_password=False)
    except EmbeddedPostgresError:
        raise click.ClickException("There is no database yet. Start it with `make run`.") from None
    program = binaries() / "psql"
    os.execv(program, [str(program), url, *arguments])  # noqa: S606 - the administrator's own terminal


@click.command("sweep")
@with_appcontext
def sweep() -> None:
    """Flip overdue holds now, and chain new events, as the worker does every few seconds."""
    from webapp.jobs.upkeep import for_every_clinic, seal_events, sweep_holds

    for_every_clinic(sweep_holds)
    for_every_clinic(seal_events)


@click.command("outage-sheets")
@with_appcontext
def outage_sheets() -> None:
    """Write the outage sheets of every clinic now, as the worker does every five minutes."""
    from webapp.jobs.upkeep import for_every_clinic, write_sheets

    for_every_clinic(write_sheets)
    click.echo(current_app.config["SETTINGS"].outage_path)


COMMANDS = (run_all, worker, psql, sweep, outage_sheets)
