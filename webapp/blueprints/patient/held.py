"""What one link holds: one time, or the times of a party. The pages about it are the same; here is what differs."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

from flask import abort, redirect, request, session, url_for

from webapp.blueprints.patient import blueprint
from webapp.blueprints.patient.forms import DetailsForm, details_form
from webapp.blueprints.patient.holding import Wish, asked_for, held_by_token, take_time, type_of, wished
from webapp.blueprints.patient.party_forms import PartyForm, party_form
from webapp.blueprints.patient.party_holding import Plan, plan_of
from webapp.blueprints.patient.party_holding import wished as wished_together
from webapp.blueprints.patient.times import taken_page, to_held, to_taken
from webapp.blueprints.patient.together import party_behind, party_taken, start_asked, taking, ways
from webapp.core.errors import N_, Conflict, DomainError, TooManyAttempts
from webapp.core.timezones import iso
from webapp.queries.appointments import AppointmentView, find_appointment, party
from webapp.queries.availability import VisitType
from webapp.queries.patient_holds import find_typed
from webapp.services import appointments, parties
from webapp.services.standing import MAX_EXTENSIONS
from webapp.web import clock, links
from webapp.web.guards import View, patient
from webapp.web.refusals import carry
from webapp.web.restraint import proof_sent

Typed = Sequence[tuple[str, str]]


class Held(ABC):
    """Visits that one patient's browser holds and is about to book, all or none."""

    #: Also the word in their addresses.
    purpose: ClassVar[str]
    #: How the endpoints and templates of their pages begin.
    prefix: ClassVar[str]
    kept_in_session: ClassVar[str]
    #: A form that was typed into holds this one, if only empty.
    first_field: ClassVar[str]
    gone_heading: ClassVar[str]
    booked_otherwise: ClassVar[str]
    ran_out: ClassVar[str]
    let_go_heading: ClassVar[str]
    let_go: ClassVar[str]
    given_back: ClassVar[str]

    def __init__(self, members: list[AppointmentView]) -> None:
        self.members = members
        self.first = members[0]  # what was typed is kept with it
        self.token = links.seal(self.purpose, self.first.id)

    @classmethod
    def opened_by(cls, view: View) -> View:
        """The view gets what is ``held`` in place of the appointment that the link opens."""
        return patient(cls.purpose)(lambda *, appointment: view(held=cls.of(appointment)))

    @classmethod
    @abstractmethod
    def of(cls, appointment: AppointmentView) -> Self: ...

    @abstractmethod
    def again(self) -> Self:
        """As it stands now."""

    @abstractmethod
    def form(self, typed: Typed = (), **options: Any) -> Any: ...

    def answers(self, typed: Typed) -> Any:
        """What was typed, to be looked at; nobody sends this form."""
        return self.form(typed or [(self.first_field, "")], meta={"csrf": False})

    @abstractmethod
    def hold_longer(self) -> None: ...

    @abstractmethod
    def release(self) -> None: ...

    @abstractmethod
    def book(self, form: Any) -> None: ...

    @abstractmethod
    def instead(self) -> Any:
        """Hold what the pressed button names in its place, and lead on."""

    @abstractmethod
    def offer_others(self, heading: str, reason: str) -> Any:
        """The page of what can be had in its place."""

    @abstractmethod
    def to_days(self, **carried: str) -> Any: ...

    def url(self, page: str, **more: Any) -> str:
        return url_for(f"patient.{self.prefix}{page}", token=self.token, **more)

    def to(self, page: str, **more: Any) -> Any:
        return redirect(self.url(page, **more), code=303)

    def refused(self, error: DomainError | None = None, *, page: str = "details", **more: str) -> Any:
        """To the page that says what is wrong with what was sent."""
        return self.to(page, sent=1, **(carry(error) if error else {}), **proof_sent(), **more)

    def has(self, *statuses: str) -> bool:
        """Is one of them in such a state?"""
        return any(one.status in statuses for one in self.members)

    @property
    def is_over(self) -> bool:
        return any(one.status != "HOLD" for one in self.members)

    def forget(self) -> None:
        """This browser does not hold it any more."""
        session.pop(self.kept_in_session, None)

    def strip(self) -> dict[str, Any]:
        """What every page of it needs, and the strip that counts it down: by whichever hold ends first."""
        return {
            "appointment": min(self.members, key=lambda one: one.expires_at or one.start),
            "held": self,
            "members": self.members,
            "token": self.token,
            "held_url": self.url,
            "now": clock.now(),
            "can_extend": all(one.extensions < MAX_EXTENSIONS for one in self.members),
            "page": request.form.get("page", ""),
        }

    @property
    def was_typed(self) -> bool:
        return bool(find_typed(self.first.id).answers)


class HeldTime(Held):
    """A single visit."""

    purpose, prefix, kept_in_session, first_field = "hold", "", "held", "full_name"
    gone_heading = N_("This time is gone")
    booked_otherwise = N_("This time was booked with other details, perhaps in another window. Yours were not booked.")
    ran_out = N_("We kept the time for you as long as we could. It may still be free: choose it, or one near it.")
    let_go_heading = N_("You do not hold this time any more")
    let_go = N_("You gave this time back or chose another one, perhaps in another window.")
    given_back = N_("The time was given back.")

    @classmethod
    def of(cls, appointment: AppointmentView) -> Self:
        return cls([appointment])

    def again(self) -> Self:
        return self.of(find_appointment(self.first.id) or abort(404))

    def form(self, typed: Typed = (), **options: Any) -> DetailsForm:
        return details_form(self.first.type_id, typed, **options)

    def hold_longer(self) -> None:
        appointments.extend(appointment_id=self.first.id, actor="patient", hold_seconds=clock.hold_seconds())

    def release(self) -> None:
        appointments.release(appointment_id=self.first.id, actor="patient")

    def book(self, form: DetailsForm) -> None:
        asked = {"new_patient": form.patient(), "said": form.said()}
        appointments.name_hold(appointment_id=self.first.id, actor="patient", source="PATIENT", **asked)

    def instead(self) -> Any:
        visit, wish = type_of(self.first), Wish(self.first.start)
        chosen = held_by_token(
            request.form.get("instead", "")
        )  # in its place before, if somebody came back for another
        before = chosen if chosen and chosen.status == "HOLD" else self.first
        try:
            wish = wished(request.form, None) or abort(400)
            taken = take_time(wish=wish, visit=visit, page_key=request.form.get("key", ""), instead_of=before.id)
        except TooManyAttempts as error:
            return to_taken(visit, clock.day_of(wish.start), wish, error, hold=self.token)
        except Conflict as error:
            return self.refused(error, **wish.asked)
        return to_held(taken)

    @property
    def type(self) -> VisitType:
        return type_of(self.first)

    def offer_others(self, heading: str, reason: str) -> Any:
        wish = asked_for(request.args) or Wish(self.first.start, self.first.specialist_id)
        options = {"action": self.url("instead"), "kept": self.was_typed}
        return taken_page(type_of(self.first), wish, heading=heading, reason=reason, **options)

    def to_days(self, **carried: str) -> Any:
        chosen = find_typed(self.first.id).specialist_id
        only = {"with": chosen} if chosen else {}
        return redirect(url_for("patient.days", type_id=type_of(self.first).ref, **only, **carried), code=303)


class HeldParty(Held):
    """The visits of a party."""

    purpose, prefix, kept_in_session, first_field = "party", "party_", "party", "p1_full_name"
    gone_heading = N_("These times are gone")
    booked_otherwise = N_(
        "These times were booked with other details, perhaps in another window. Yours were not booked."
    )
    ran_out = N_("We kept the times for you as long as we could. They may still be free: choose them, or others near.")
    let_go_heading = N_("You do not hold these times any more")
    let_go = N_("You gave these times back or chose others, perhaps in another window.")
    given_back = N_("The times were given back.")

    @classmethod
    def of(cls, appointment: AppointmentView) -> Self:
        return cls(party(appointment.party_id or abort(404)))

    def again(self) -> Self:
        return self.of(self.first)

    def form(self, typed: Typed = (), **options: Any) -> PartyForm:
        return party_form(plan_of(self.members), typed, **options)

    def hold_longer(self) -> None:
        parties.extend_party(party_id=self._id, actor="patient", hold_seconds=clock.hold_seconds())

    def release(self) -> None:
        parties.release_party(party_id=self._id, actor="patient")

    def book(self, form: PartyForm) -> None:
        parties.book_party(party_id=self._id, people=form.people(), actor="patient")

    def instead(self) -> Any:
        wish = wished_together(request.form.get("time", "")) or abort(400)
        chosen = party_behind(request.form.get("instead", ""))
        before = chosen if chosen and all(one.status == "HOLD" for one in chosen) else self.members
        near_it = {"near": iso(wish.start)}
        return taking(self._plan, wish, before, refused=lambda error: self.refused(error, **near_it))

    def strip(self) -> dict[str, Any]:
        return super().strip() | ways(self._plan)

    def offer_others(self, heading: str, reason: str) -> Any:
        action = self.url("instead")
        return party_taken(self._plan, start_asked() or self.first.start, heading, reason, action, kept=self.was_typed)

    def to_days(self, **carried: str) -> Any:
        asked = {**self._plan.asked, **carried}
        return redirect(url_for("patient.party_days", type_id=self._plan.visits[0].ref, **asked), code=303)

    @cached_property
    def _plan(self) -> Plan:
        """The same again, with whoever was asked for."""
        return plan_of(self.members, find_typed(self.first.id).specialist_id)

    @property
    def _id(self) -> Any:
        return self.first.party_id


def of_held(method: str, rule: str = "") -> Callable[[View], View]:
    """A page about what is held, at an address for either kind; the view gets what is ``held``."""

    def register(view: View) -> View:
        for kind in (HeldTime, HeldParty):
            address = f"/c/<clinic>/{kind.purpose}/<token>{rule}"
            blueprint.add_url_rule(address, kind.prefix + view.__name__, kind.opened_by(view), methods=[method])
        return view

    return register
