"""Up from nothing, down to nothing, and what the models declare is what the migrations make."""

from collections.abc import Iterator
from dataclasses import dataclass

import flask_migrate
import pytest
from sqlalchemy import URL, Connection, NullPool, create_engine, text

from tests.conftest import settings_for
from webapp import create_app
from webapp.config import PROJECT
from webapp.core import database
from webapp.core.database import Base
from webapp.core.roles import EXTENSIONS, OWNER
from webapp.extensions import db

OURS = """
    SELECT CAST(c.relname AS text) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'jobs') AND c.relkind IN ('r', 'v', 'i') AND c.relname !~ '^alembic_version'
    UNION
    SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('public', 'jobs')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION
    SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname IN ('public', 'jobs') AND t.typtype = 'e'
    UNION
    SELECT c.relname || '.' || a.attname FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'jobs') AND c.relkind = 'r' AND c.relname !~ '^alembic_version'
      AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT r.conrelid::regclass || ' ' || r.conname || ' ' || pg_get_constraintdef(r.oid)
    FROM pg_constraint r JOIN pg_namespace n ON n.oid = r.connamespace
    WHERE n.nspname IN ('public', 'jobs') AND r.contype = 'c'
"""
COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = CAST(:table AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname
"""
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = CAST(:table AS regclass) AND contype <> 'n' ORDER BY conname
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = CAST(:table AS regclass) ORDER BY 1
"""
REVISIONS = sorted(path.name[:4] for path in (PROJECT / "migrations" / "versions").glob("[0-9]*.py"))
FOLDING = PROJECT / "migrations" / "sql" / "0004_folding.sql"  # functions that columns and indexes are declared with
OPTIONS = "SELECT reloptions FROM pg_class WHERE oid = CAST(:table AS regclass)"


@dataclass(frozen=True)
class Side:
    """One of the two catalogues."""

    connection: Connection

    def facts(self, table: str) -> dict[str, list[tuple]]:
        return {
            what: [tuple(row) for row in self.connection.execute(text(query), {"table": table})]
            for what, query in (
                ("columns", COLUMNS),
                ("constraints", CONSTRAINTS),
                ("indexes", INDEXES),
                ("options", OPTIONS),
            )
        }


@pytest.fixture
def migrating(app, new_database) -> Iterator[tuple[URL, object]]:
    """An application on an empty database; the engines of the usual one are put back afterwards."""
    url = new_database("holdfast_test_migrations")
    own = create_app(settings_for(url))
    with own.app_context():
        yield url, own
        for engine in db.engines.values():
            engine.dispose()
    with app.app_context():
        database.bind(writer=db.engine, reader=db.engines["reader"])


def made_in(url: URL) -> set[str]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return set(connection.scalars(text(OURS)))


def test_up_down_and_up_again(migrating):
    url, _ = migrating
    flask_migrate.upgrade()
    first = made_in(url)
    assert {"appointments", "bookings", "claim_seat", "user_role", "procrastinate_jobs"} <= first
    flask_migrate.downgrade(revision="base")
    assert made_in(url) == set()
    flask_migrate.upgrade()
    assert made_in(url) == first


def test_each_step_can_be_taken_back(migrating):
    url, _ = migrating
    flask_migrate.upgrade(revision="0001")
    before = made_in(url)
    for revision in REVISIONS[1:]:
        flask_migrate.upgrade(revision=revision)
        after = made_in(url)
        assert after != before
        flask_migrate.downgrade()
        assert made_in(url) == before
        flask_migrate.upgrade(revision=revision)
        before = after


def test_a_door_of_older_make_is_made_anew(migrating):
    url, _ = migrating
    flask_migrate.upgrade()
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("COMMENT ON FUNCTION claim_seat IS NULL")
        connection.exec_driver_sql("DROP FUNCTION may_be_told")
        connection.exec_driver_sql("ALTER FUNCTION free_seat VOLATILE")
        flask_migrate.upgrade()
        query = "SELECT provolatile FROM pg_proc WHERE proname = 'free_seat'"
        assert connection.exec_driver_sql(query).scalar() == "s"
        owner = "SELECT proowner::regrole::text FROM pg_proc WHERE proname IN ('free_seat', 'may_be_told')"
        assert connection.exec_driver_sql(owner).scalars().all() == [OWNER, OWNER]


def test_after_an_upgrade_the_planner_knows_the_tables(migrating):
    """Fewer rows than autovacuum looks at by itself."""
    url, _ = migrating
    flask_migrate.upgrade(revision=REVISIONS[-2])
    with create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(
            "INSERT INTO tenants (id, name, timezone) SELECT 'clinic' || n, 'A', 'UTC' FROM generate_series(1, 20) n"
        )
        flask_migrate.upgrade()
        known = "SELECT count(*) FROM pg_statistic WHERE starelid = 'tenants'::regclass"
        assert connection.exec_driver_sql(known).scalar_one() > 0


@pytest.fixture(scope="module")
def declared(new_database) -> Iterator[Side]:
    """What the models say, made by SQLAlchemy alone."""
    engine = create_engine(new_database("holdfast_test_declared"), poolclass=NullPool)
    with engine.connect() as connection:
        for extension in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION {extension}")
        connection.execution_options(no_parameters=True).exec_driver_sql(FOLDING.read_text())
        Base.metadata.create_all(connection)
        yield Side(connection)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_the_models_declare_what_the_migrations_make(sql, declared, table):
    assert declared.facts(table) == Side(sql).facts(table)


def test_no_table_is_undeclared(sql):
    tables = set(
        sql.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        )
    )
    assert tables == set(Base.metadata.tables)


def test_no_trigger_on_our_tables(sql):
    """The foreign keys' own aside: what a trigger does can be switched off without a trace."""
    triggers = """SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT tgisinternal AND n.nspname = 'public'"""
    assert list(sql.scalars(text(triggers))) == []


def test_no_foreign_key_cascades(sql):
    """Nothing disappears because something else did."""
    cascading = """SELECT conname FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
                   WHERE contype = 'f' AND n.nspname = 'public' AND (confdeltype, confupdtype) <> ('a', 'a')"""
    assert list(sql.scalars(text(cascading))) == []


def test_every_key_is_led_by_the_clinic(sql):
    """So that rows cannot point across clinics, and the tables could be distributed by it."""
    keys = """
        SELECT i.relname FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
        WHERE n.nspname = 'public' AND (x.indisunique OR x.indisexclusion) AND a.attname IS DISTINCT FROM 'tenant_id'
          AND t.relname NOT IN ('tenants', 'rate_limits', 'alembic_version')"""
    assert list(sql.scalars(text(keys))) == []
