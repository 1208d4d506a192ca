"""One at a time, where what is there already decides what is written. Never commits."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from webapp.core.tenancy import current_tenant
from webapp.models import Patient, Specialist


def take_turn(session: Session, whose: type[Patient] | type[Specialist], row_id: UUID) -> bool:
    """Wait for whoever writes about the same patient or specialist; False: there is none at the current clinic.

    To be called first: the row is written, not only locked, so that who waited begins again and sees what was written.
    """
    mine = update(whose).where(whose.tenant_id == current_tenant(), whose.id == row_id)
    same = mine.values(full_name=whose.full_name).returning(whose.id)
    return session.execute(same, execution_options={"synchronize_session": False}).first() is not None
