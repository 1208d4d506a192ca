"""Reminders: written into the outbox when their time comes, and wanted or not by each patient."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Patient


@transactional
def want_reminders(session: Session, *, patient_id: UUID, wanted: bool) -> None:
    """Remind a patient of visits from now on, or not; again: nothing happens. Raises NotFound."""
    row = session.get(Patient, (current_tenant(), patient_id), with_for_update=True)
    if row is None:
        raise NotFound(N_("This patient does not exist."))
    if wanted:
        row.reminders_opt_out_at = None
    elif row.reminders_opt_out_at is None:
        row.reminders_opt_out_at = session.execute(select(func.clock_timestamp())).scalar_one()
