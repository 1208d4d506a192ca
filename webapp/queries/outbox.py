"""Where background work is waiting."""

from sqlalchemy import text

from webapp.core.database import engines


def clinics_with_mail() -> list[str]:
    """The clinics that have something to send by now."""
    with engines.reader.connect() as connection:
        return list(connection.scalars(text("SELECT * FROM clinics_with_mail()")))


def clinics_waiting() -> list[str]:
    """The clinics with somebody on the waiting list."""
    with engines.reader.connect() as connection:
        return list(connection.scalars(text("SELECT * FROM clinics_waiting()")))
