"""The booking door's functions. They stand in one file, which may change: env.py makes them anew when it has."""

import hashlib
import re
from pathlib import Path

from sqlalchemy import Connection, text

SOURCE = (Path(__file__).parent / "sql" / "0002_booking_door.sql").read_text()
DIGEST = hashlib.sha256(SOURCE.encode()).hexdigest()
FUNCTIONS = re.findall(r"^CREATE FUNCTION (\w+)", SOURCE, re.MULTILINE)
STANDING = text("SELECT obj_description(to_regproc('claim_seat'), 'pg_proc')")


def make(connection: Connection) -> None:
    """Make the functions as the file has them, in place of those of an older file; again: nothing happens."""
    if connection.execute(STANDING).scalar() == DIGEST:
        return
    drop(connection)
    connection.execution_options(no_parameters=True).exec_driver_sql(SOURCE)
    connection.exec_driver_sql(f"COMMENT ON FUNCTION claim_seat IS '{DIGEST}'")


def drop(connection: Connection) -> None:
    for function in reversed(FUNCTIONS):
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}")
