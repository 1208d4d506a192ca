from tests.conftest import DAY
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


def test_reset_refuses_a_database_that_is_not_the_demos(app, clinic):
    made = take(clinic)
    said = app.test_cli_runner().invoke(args=["bookings", "reset", "--yes"])
    assert said.exit_code == 1
    assert "Nothing was removed" in said.output
    shown = app.test_cli_runner().invoke(args=["bookings", "show", "--tenant", clinic.id])
    assert str(made.id) in shown.output


def test_the_demo_is_what_it_promises(demo_app, count_of):
    assert demo_app.test_cli_runner().invoke(args=["integrity"]).exit_code == 0
    assert count_of("specialists WHERE tenant_id = 'riverside'") == 4
    assert count_of("patients WHERE tenant_id = 'riverside'") >= 400
    assert count_of("time_slots WHERE capacity = 8") > 50
    assert count_of("patients WHERE reference LIKE 'user_%' AND tenant_id = 'default'") == 4
    assert count_of("appointments WHERE status = 'HOLD'") >= 1
    today = "(start_time AT TIME ZONE 'Europe/Berlin')::date = (now() AT TIME ZONE 'Europe/Berlin')::date"
    single = f"time_slots WHERE tenant_id = 'riverside' AND capacity = 1 AND {today}"
    assert 0.6 < count_of(f"{single} AND status <> 'AVAILABLE'") / count_of(single) < 0.75
    again = demo_app.test_cli_runner().invoke(args=["seed-demo"])
    assert (again.exit_code, again.output) == (0, "")


def test_reset_asks_before_it_clears_the_demo(demo_app):
    runner = demo_app.test_cli_runner()
    before = runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output
    declined = runner.invoke(args=["bookings", "reset"], input="n\n")
    assert "Remove all" in declined.output
    assert runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output == before != ""
    assert runner.invoke(args=["bookings", "reset"], input="y\n").exit_code == 0
    assert runner.invoke(args=["bookings", "show", "--tenant", "riverside"]).output == ""
    assert runner.invoke(args=["integrity"]).exit_code == 0
