"""The one PostgreSQL of a run, and the databases in it: Holdfast's tables and the peer's beside each other."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from webapp.core import roles
from webapp.core.embedded import EmbeddedPostgres

PROJECT = Path(__file__).resolve().parent.parent
WORK = PROJECT / "bench" / ".work"
EXPRESS_SCHEMA = PROJECT / "bench" / "peers" / "express" / "schema.sql"
EXPRESS_ROLE = "express_peer"
CONNECTIONS = {"max_connections": "200"}  # every contender keeps its pool open while the others take their turn


class Database:
    """One database of the run."""

    def __init__(self, server: EmbeddedPostgres, name: str, secret_key: str) -> None:
        self.server, self.name, self.secret_key = server, name, secret_key

    def superuser(self) -> psycopg.Connection:
        return psycopg.connect(self.server.conninfo(database=self.name), autocommit=True)

    def app(self) -> str:
        """Connection string of the role that Holdfast serves with."""
        password = roles.role_password(self.secret_key, roles.APP)
        return self.server.conninfo(role=roles.APP, password=password, database=self.name)

    def express(self) -> str:
        return self.server.conninfo(role=EXPRESS_ROLE, password=self.secret_key, database=self.name)

    def settings(self) -> dict[str, str]:
        """Holdfast's settings for this database, whatever the checkout's .env says."""
        url = self.server.url(database=self.name)
        none_of_its_own = {"APP_DATABASE_URL": "", "READER_DATABASE_URL": ""}
        return {"DATABASE_URL": url, "SECRET_KEY": self.secret_key, **none_of_its_own}

    def build(self) -> None:
        """Make the database and both schemas; it must not exist yet."""
        with psycopg.connect(self.server.conninfo(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.name)))
        upgrade = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
        environment = {"PATH": os.environ["PATH"], **self.settings()}
        done = subprocess.run(upgrade, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"The tables could not be made:\n{done.stderr}")
        self._build_express()

    def _build_express(self) -> None:
        role = sql.Identifier(EXPRESS_ROLE)
        with self.superuser() as connection:
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (EXPRESS_ROLE,)).fetchone()
            if known is None:
                password = sql.Literal(self.secret_key)
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
                connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(role, role))
            connection.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(self.name), role))
        with psycopg.connect(self.express(), autocommit=True) as connection:
            connection.execute(EXPRESS_SCHEMA.read_text())


@contextmanager
def databases(parent: Path | None, *names: str) -> Iterator[list[Database]]:
    """A fresh PostgreSQL with these databases, in a new folder below `parent` that is removed afterwards."""
    above = parent or WORK
    above.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=above))
    secret_key = secrets.token_hex(16)
    try:
        with EmbeddedPostgres(home, settings=CONNECTIONS) as server:
            made = [Database(server, name, secret_key) for name in names]
            for database in made:
                database.build()
            yield made
    finally:
        shutil.rmtree(home, ignore_errors=True)


def libpq_environment(conninfo: str) -> dict[str, str]:
    """The PG… variables that mean the same as a connection string."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    given = conninfo_to_dict(conninfo)
    return {variable: str(given[name]) for name, variable in names.items() if name in given}
