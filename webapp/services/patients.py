from datetime import date
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Patient


@transactional
def add_patient(
    session: Session,
    *,
    full_name: str,
    email: str | None = None,
    phone: str | None = None,
    date_of_birth: date | None = None,
    reference: str | None = None,
) -> UUID:
    """Add a patient. Raises InvalidInput without a name, Conflict when the reference is another's."""
    if not full_name.strip():
        raise InvalidInput(N_("Enter the patient's name."), field="full_name")
    patient_id = new_id()
    session.execute(
        insert(Patient).values(
            tenant_id=current_tenant(),
            id=patient_id,
            full_name=full_name.strip(),
            email=email,
            phone=phone,
            date_of_birth=date_of_birth,
            reference=reference,
        )
    )
    return patient_id
