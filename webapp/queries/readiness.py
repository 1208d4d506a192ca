from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from webapp.core.database import engines


def is_ready() -> bool:
    """Does the database answer, with tables in it?"""
    try:
        with engines.reader.connect() as connection:
            connection.execute(text("SELECT 1 FROM tenants LIMIT 1"))
    except SQLAlchemyError:
        return False
    return True
