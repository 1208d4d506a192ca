"""The clinic's settings. What is booked already keeps its instant, whatever is changed here."""

from dataclasses import asdict

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from webapp.core.errors import N_, Conflict, InvalidInput, StaleVersion
from webapp.core.tenancy import current_tenant
from webapp.core.timezones import require_zone
from webapp.core.transactions import transactional
from webapp.models import Appointment, AppointmentStatus, Tenant, Terms
from webapp.rules.clinic_settings import ClinicSettings
from webapp.services import audit
from webapp.services.slot_plan import plan_everybody

_COMING = (AppointmentStatus.HOLD, AppointmentStatus.CONFIRMED, AppointmentStatus.ARRIVED)


class ZoneMovesVisits(Conflict):
    """The clocks of the new zone show the visits to come at other times: somebody has to want that."""


@transactional
def change_clinic(
    session: Session, *, settings: ClinicSettings, seen: str, actor: str, zone_confirmed: bool = False
) -> None:
    """Put these settings in place of those with the digest ``seen``; again: nothing happens. Free times follow.

    Raises InvalidInput, StaleVersion when somebody else changed them meanwhile, and ZoneMovesVisits for another time
    zone while visits are to come, unless that is confirmed.
    """
    _check(settings)
    row = session.execute(select(Tenant).filter_by(id=current_tenant()).with_for_update(key_share=True)).scalar_one()
    before = ClinicSettings(*(getattr(row, name) for name in ClinicSettings.__slots__))
    if before == settings:
        return
    if before.digest != seen:
        raise StaleVersion(N_("Somebody changed these settings meanwhile. Compare both before you save."))
    if settings.timezone != before.timezone and not zone_confirmed:
        _check_no_visits(session)
    if (settings.terms, settings.terms_link) != (before.terms, before.terms_link):
        row.terms_version = _new_terms(session, settings)
    for name, value in asdict(settings).items():
        setattr(row, name, value)
    audit.record_setting(session, "CLINIC", actor=actor, before=asdict(before), after=asdict(settings))
    session.flush()
    if (settings.timezone, settings.horizon_days) != (before.timezone, before.horizon_days):
        plan_everybody(session)


def _check(settings: ClinicSettings) -> None:
    if not settings.name.strip():
        raise InvalidInput(N_("Enter the clinic's name."), field="name")
    if settings.terms_link and not settings.terms:
        raise InvalidInput(N_("Enter the words that patients accept, too."), field="terms")
    require_zone(settings.timezone)


def _check_no_visits(session: Session) -> None:
    query = (
        select(func.count())
        .where(Appointment.tenant_id == current_tenant(), Appointment.status.in_(_COMING))
        .where(Appointment.start_time > func.clock_timestamp())
    )
    coming = session.execute(query).scalar_one()
    if coming:
        raise ZoneMovesVisits(
            N_(
                "Booked visits to come: %(count)s. Each stays at the same instant, which the clocks of the new zone "
                "show as another time. Confirm that below, or keep the zone."
            ),
            field="timezone",
            count=coming,
        )


def _new_terms(session: Session, settings: ClinicSettings) -> int | None:
    """The version of these terms from now on; None for no terms. Earlier wordings stay for those who accepted them."""
    if not settings.terms:
        return None
    latest = session.execute(select(func.max(Terms.version)).filter_by(tenant_id=current_tenant())).scalar()
    version = (latest or 0) + 1
    wording = {"version": version, "words": settings.terms, "link": settings.terms_link}
    session.execute(insert(Terms).values(tenant_id=current_tenant(), **wording))
    return version
