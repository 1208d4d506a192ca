"""Looking at the book, checking it, and clearing the demo's."""

from datetime import UTC

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import NullPool, create_engine, text

from webapp.core.tenancy import tenant_scope
from webapp.core.timezones import iso
from webapp.queries.bookings import list_bookings
from webapp.queries.clinics import all_tenant_ids
from webapp.queries.integrity import check_integrity

bookings = AppGroup("bookings", help="Show or clear bookings.")


@bookings.command("show")
@click.option("--tenant", help="Only this clinic.")
@click.option("--limit", default=1000, show_default=True, help="At most so many a clinic.")
def show(tenant: str | None, limit: int) -> None:
    """Print what is taken: clinic, start (UTC), id, key."""
    for tenant_id in [tenant] if tenant else all_tenant_ids():
        with tenant_scope(tenant_id):
            for row in list_bookings(limit=limit):
                key = row.idempotency_key or "-"
                click.echo(f"{row.tenant_id}  {iso(row.start_time_utc.astimezone(UTC))}  {row.id}  {key}")


@bookings.command("reset")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(yes: bool) -> None:
    """Remove every booking of the demo. Refused on a database that is not the demo's."""
    engine = create_engine(current_app.config["SETTINGS"].admin_url, poolclass=NullPool)
    with engine.begin() as connection:
        if connection.scalar(text("SELECT current_setting('app.demo', true)")) != "on":
            raise click.ClickException("This is not the demo's database. Nothing was removed.")
        count = connection.scalar(text("SELECT count(*) FROM appointments"))
        if not yes:
            click.confirm(f"Remove all {count} bookings of the demo?", abort=True)
        for table in CHILDREN_FIRST:
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours
        connection.execute(text("UPDATE waitlist_entries SET status = 'WAITING' WHERE status = 'OFFERED'"))
        connection.execute(
            text("UPDATE time_slots s SET (status, held_until, last_seat) = (SELECT * FROM derived_slot(s))")
        )
    click.echo(f"{count} bookings were removed.")


#: The bookings with all that speaks of them, each table before the one it refers to.
CHILDREN_FIRST = (
    "sick_day_moves",
    "sick_days",
    "waitlist_offers",
    "messages",
    "manage_links",
    "patient_holds",
    "answers",
    "appointment_event_chain",
    "appointment_events",
    "appointments",
)


@click.command("integrity")
@click.option("--tenant", help="Only this clinic.")
@with_appcontext
def integrity(tenant: str | None) -> None:
    """Search for what must not be, and say what was proved; exit status 1 when something was found."""
    found = 0
    for tenant_id in [tenant] if tenant else all_tenant_ids():
        with tenant_scope(tenant_id):
            findings = check_integrity()
        click.echo(tenant_id)
        for finding in findings:
            found += len(finding.faults)
            click.echo(f"  {'FAIL' if finding.faults else 'ok  '} {finding.check} ({finding.rows} rows)")
            for fault in finding.faults:
                click.echo(f"       {fault}")
    if found:
        raise click.ClickException(f"{found} faults were found.")


COMMANDS = (bookings, integrity)
