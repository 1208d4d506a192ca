from sqlalchemy import text

from tests.conftest import DAY
from webapp.cli.books import CHILDREN_FIRST
from webapp.core.tenancy import tenant_scope
from webapp.services.booking import book_at


def take(clinic):
    """The clinic's specialist, at DAY."""
    clinic.slot()
    with tenant_scope(clinic.id):
        return book_at(start=DAY, end=None, actor="test", source="API")


def test_show_prints_what_is_taken(app, clinic):
    made = take(clinic)
    said = app.test_cli_runner().invoke(args=["bookings", "show", "--tenant", clinic.id])
    assert said.exit_code == 0
    assert f"{clinic.id}  2031-03-03T00:00:00Z  {made.id}" in said.output


def test_reset_knows_all_that_speaks_of_a_booking(sql):
    """Every table that refers to one it clears, each before what it refers to."""
    keys = sql.execute(
        text("""
        SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint
        WHERE contype = 'f' AND conrelid <> confrelid
    """)
    ).all()
    order = {table: place for place, table in enumerate(CHILDREN_FIRST)}
    late = [key for key in keys if key.parent in order and order.get(key.child, len(order)) > order[key.parent]]
    assert late == []


def test_reset_refuses_a_database_that_is_not_the_demos(app, clinic):
    made = take(clinic)
    said = app.test_cli_runner().invoke(args=["bookings", "reset", "--yes"])
    assert said.exit_code == 1
    assert "Nothing was removed" in said.output
    shown = app.test_cli_runner().invoke(args=["bookings", "show", "--tenant", clinic.id])
    assert str(made.id) in shown.output
