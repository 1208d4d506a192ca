"""Two clinics: one with secrets, and Mallory's."""

import secrets
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from flask import Flask

from tests.conftest import DAY, PASSWORD, Clinic, Records, make_clinic
from webapp.core.tenancy import tenant_scope
from webapp.rules.people import NewPatient
from webapp.services.api_tokens import keep_token
from webapp.services.booking import book, hold
from webapp.services.hours import add_closure, set_opening_hours
from webapp.services.manage_links import make_link
from webapp.services.patients import add_patient
from webapp.services.signin import add_user, token_digest
from webapp.services.specialists import add_specialist, add_type, offer_types
from webapp.web.clock import now

ASKED = {"actor": "desk:olga", "source": "DESK"}

#: Names and numbers that no page and no answer holds by chance.
PATIENT = "Zebedee Quillfeather"
PHONE = "+4930777666555"
EMAIL = "zebedee@quillfeather.example"
REFERENCE = "zq-0815"
SPECIALIST = "Dr. Xanthippe Marrowbone"
TYPE = "Phrenology of the left ear"
USER = "Ottoline Gravesend"
CALLER = "Philomena Tarradiddle"  # for whom a time is held, and who is no patient yet


@dataclass(frozen=True)
class Guarded:
    """A clinic with something of everything: ids by what they are of, and its words by who may know them."""

    clinic: Clinic
    ids: dict[str, UUID]
    manage: str  # the token of a link to the booking
    private: list[str] = field(default_factory=lambda: [PATIENT, PHONE, EMAIL, REFERENCE, USER, CALLER])
    public: list[str] = field(default_factory=lambda: [SPECIALIST, TYPE])

    @property
    def id(self) -> str:
        return self.clinic.id

    def told_in(self, content: str, *, besides: UUID | None = None, public_too: bool = True) -> list[str]:
        """What of this clinic stands in an answer; ``besides`` is what the caller itself had named."""
        words = self.private + (self.public if public_too else [])
        kinds = self.ids if public_too else self.ids.keys() - {"slot", "free slot", "specialist", "type"}
        found = [word for word in words if word in content]
        for kind in kinds:
            value = self.ids[kind]
            if value != besides and (str(value) in content or value.hex in content):
                found.append(kind)
        return found


@pytest.fixture
def guarded(app: Flask, records: Records) -> Guarded:
    clinic = make_clinic("harbour")
    start = now().replace(hour=23, minute=0, second=0, microsecond=0)
    with tenant_scope(clinic.id):
        specialist = add_specialist(full_name=SPECIALIST)
        visit = add_type(name=TYPE, minutes=30, specialist_ids=[specialist])
        set_opening_hours(specialist_id=specialist, intervals=[])
        add_closure(specialist_id=specialist, start=DAY, end=DAY.replace(hour=1), reason=PATIENT)
        offer_types(specialist_id=specialist, type_ids=[visit, clinic.type_id])
        patient = add_patient(full_name=PATIENT, phone=PHONE, email=EMAIL, reference=REFERENCE)
        user = add_user(email="ottoline@harbour.example", full_name=USER, password=PASSWORD, role="ADMIN")
        token = keep_token(name="Lab", digest=token_digest(secrets.token_hex(8)), scopes=["read"])
        here = Clinic(clinic.id, specialist, visit, patient)
        slots = [here.slot(start, after=after) for after in (0, 30, 60)]
        booked = book(slot_id=slots[0], patient_id=patient, type_id=visit, **ASKED)
        manage = make_link(appointment_id=booked.id)
        caller = NewPatient(full_name=CALLER)
        held = hold(slot_id=slots[1], new_patient=caller, type_id=visit, hold_seconds=3600, **ASKED)
    ids = {
        "slot": slots[0],
        "free slot": slots[2],
        "specialist": specialist,
        "type": visit,
        "patient": patient,
        "booking": booked.id,
        "hold": held.id,
        "user": user,
        "token": token,
    }
    return Guarded(here, ids, manage)


@pytest.fixture
def mallory(app: Flask) -> Clinic:
    """Her own clinic, of which she is the admin."""
    clinic = make_clinic("mallory")
    with tenant_scope(clinic.id):
        add_user(email="mallory@mallory.example", full_name="Mallory", password=PASSWORD, role="ADMIN")
    return clinic


def contents(records: Records, clinic_id: str) -> dict[str, str]:
    """A digest of every table's rows of one clinic."""
    tables = records.rows(
        """SELECT DISTINCT table_name AS name FROM information_schema.columns
           WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name <> 'bookings'"""
    )
    digest = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t WHERE tenant_id = :tenant"
    found = {table.name: records.one(digest.format(table.name), tenant=clinic_id)[0] for table in tables}
    tenant = records.one("SELECT md5(t::text) FROM tenants t WHERE id = :tenant", tenant=clinic_id)
    return found | {"tenants": tenant[0]}
