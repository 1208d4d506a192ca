"""Columns that many tables share."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import new_id

Created = Annotated[datetime, mapped_column(server_default=func.now())]


#: What Python's calendar, and everybody's, can hold; a day wider than the API's 1900 to 2199 for the sake of offsets.
IN_CALENDAR = (
    "start_time >= '1899-12-31 00:00:00+00'::timestamptz AND start_time < '2200-01-02 00:00:00+00'::timestamptz"
)


class TenantRow:
    """A row of one clinic: the clinic leads its key, so rows cannot point across clinics."""

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, server_default=text("gen_random_uuid()"))


def of_tenant(table: str) -> ForeignKeyConstraint:
    """For rows that point at no other row of the clinic: the others are tied to it through what they point at,
    and each needless key would share-lock the one tenants row in every booking."""
    return ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant")


def refers(table: str, column: str, target: str) -> ForeignKeyConstraint:
    """A reference that stays inside the clinic."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], name=f"fk_{table}_{column.removesuffix('_id')}"
    )


def unique(name: str, *columns: str) -> UniqueConstraint:
    return UniqueConstraint("tenant_id", *columns, name=name)
