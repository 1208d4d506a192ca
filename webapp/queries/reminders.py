from uuid import UUID

from sqlalchemy import select

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Patient


def wants_reminders(patient_id: UUID) -> bool | None:
    """Is a patient reminded of visits? None for somebody who is not there."""
    query = select(Patient.reminders_opt_out_at.is_(None)).filter_by(tenant_id=current_tenant(), id=patient_id)
    with reading() as connection:
        return connection.execute(query).scalar_one_or_none()
