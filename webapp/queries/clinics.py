from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from webapp.core.database import engines
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading, refusal_for
from webapp.models import Tenant
from webapp.rules.clinic_settings import ClinicSettings
from webapp.rules.patient_rules import PatientRules


@dataclass(frozen=True, slots=True)
class Clinic:
    """What everybody may know of a clinic; ``timezone`` is an IANA name, times before and after visits in minutes."""

    id: str
    name: str
    timezone: str
    locale: str
    phone: str | None
    address: str | None
    hold_seconds: int
    notice_minutes: int
    horizon_days: int
    cancel_cutoff_minutes: int
    move_cutoff_minutes: int
    bookings_a_person: int | None
    required_fields: list[str]
    terms: str
    terms_link: str
    terms_version: int | None
    closed_message: str
    public_booking: bool
    embed_origins: list[str]
    proof_of_work: bool

    @property
    def rules(self) -> PatientRules:
        """What it lets patients do by themselves."""
        return PatientRules(*(getattr(self, name) for name in PatientRules.__slots__))


_COLUMNS = [getattr(Tenant, name) for name in Clinic.__slots__]
_ANY = select(*_COLUMNS)
_ONE = _ANY.where(Tenant.id == bindparam("id"))  # built once: every request asks for it


# What programs alone use has neither.
_IS_FOUND = or_(Tenant.public_booking, Tenant.closed_message != "", Tenant.phone.is_not(None))


def find_clinic(tenant_id: str) -> Clinic | None:
    """The clinic of this name, None where there is none. Raises Busy when the database is away."""
    try:
        with engines.reader.connect() as connection:
            row = connection.execute(_ONE, {"id": tenant_id}).first()
    except (DBAPIError, PoolTimeout) as error:
        raise refusal_for(error) from error
    return Clinic(*row) if row else None


def list_clinics(*, limit: int = 100) -> list[Clinic]:
    """The clinics that patients can find, by name: where they can book, or are told why not or how to reach it."""
    with engines.reader.connect() as connection:
        rows = connection.execute(_ANY.where(_IS_FOUND).order_by(Tenant.name, Tenant.id).limit(limit))
        return [Clinic(*row) for row in rows]


def clinic_settings() -> ClinicSettings:
    """What an administrator may change of the current clinic."""
    columns = [getattr(Tenant, name) for name in ClinicSettings.__slots__]
    with reading() as connection:
        return ClinicSettings(*connection.execute(select(*columns).where(Tenant.id == current_tenant())).one())


def all_tenant_ids() -> list[str]:
    with engines.reader.connect() as connection:
        return list(connection.scalars(select(Tenant.id).order_by(Tenant.id)))
