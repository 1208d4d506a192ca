"""The database roles: who owns the tables, who serves, who can only read, and as whom patients are searched."""

import hashlib
import hmac

from psycopg import sql
from sqlalchemy import Connection

OWNER = "holdfast_owner"
APP = "holdfast_app"
READER = "holdfast_reader"
SEARCHER = "holdfast_searcher"  # nobody signs in as it: two functions run with its rights
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")

#: PostgreSQL's own limits for everything the served roles do.
LIMITS = {
    "statement_timeout": "'5s'",
    "lock_timeout": "'2s'",
    "idle_in_transaction_session_timeout": "'10s'",
    "default_transaction_isolation": "'repeatable read'",
    "search_path": "public, jobs",
    "jit": "off",  # compiling takes seconds where our statements take milliseconds
}


def role_password(secret_key: str, role: str) -> str:
    """Derived, not stored: every process that knows the application's secret can sign in."""
    return hmac.new(secret_key.encode(), role.encode(), hashlib.sha256).hexdigest()


def ensure_roles(connection: Connection, *, secret_key: str) -> None:
    """Make the roles and extensions where they are missing; safe to run again. Needs CREATEROLE."""
    existing = set(connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    for role in (OWNER, APP, READER, SEARCHER):
        if role not in existing:
            _run(connection, "CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS", sql.Identifier(role))
    for role in (APP, READER):
        password = sql.Literal(role_password(secret_key, role))
        _run(connection, "ALTER ROLE {} LOGIN PASSWORD {}", sql.Identifier(role), password)
        for name, value in LIMITS.items():
            _run(connection, "ALTER ROLE {} SET {} = " + value, sql.Identifier(role), sql.SQL(name))
    _run(connection, "ALTER ROLE {} SET default_transaction_read_only = on", sql.Identifier(READER))
    for extension in EXTENSIONS:
        _run(connection, "CREATE EXTENSION IF NOT EXISTS {}", sql.Identifier(extension))
    for role in (OWNER, SEARCHER):
        _run(connection, "GRANT {} TO CURRENT_USER", sql.Identifier(role))
    _run(connection, "GRANT USAGE ON SCHEMA public TO {}", sql.Identifier(SEARCHER))
    _run(connection, "GRANT USAGE, CREATE ON SCHEMA public TO {}", sql.Identifier(OWNER))
    database = sql.Identifier(connection.exec_driver_sql("SELECT current_database()").scalar_one())
    _run(connection, "GRANT CREATE ON DATABASE {} TO {}", database, sql.Identifier(OWNER))
    _run(connection, "REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", database)


def _run(connection: Connection, statement: str, *parts: sql.Composable) -> None:
    connection.exec_driver_sql(sql.SQL(statement).format(*parts).as_string().replace("%", "%%"))
