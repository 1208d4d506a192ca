"""What holds programs back that book by the hundred, and what people do not notice of it."""

from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from webapp.core.errors import N_, InvalidInput
from webapp.core.tenancy import current_tenant
from webapp.rules.proof import BITS, proves
from webapp.web.throttle import count_unproved, digest

TRAP = "website"  # a field that nobody sees; browsers do not fill it in by themselves


@dataclass(frozen=True)
class Proof:
    """What the browser is asked to work out, and its answer if it has one already."""

    challenge: str
    answer: str
    bits: int = BITS


def check_trap() -> None:
    """Refuse a form with something in the field that nobody sees; sent again without, it is taken.

    Raises InvalidInput.
    """
    if request.form.get(TRAP):
        raise InvalidInput(
            N_("Something filled in a field that people do not see, as programs do. It is empty again: go on."),
            field=TRAP,
        )


def proof_asked(held: UUID) -> Proof | None:
    """The proof that the clinic asks for before this time is booked, if it does."""
    return Proof(_challenge(held), request.values.get("proof", "")) if g.clinic.proof_of_work else None


def proof_sent() -> dict[str, str]:
    """The proof, if the browser had it ready: to be carried to the page that books."""
    return {"proof": request.form["proof"]} if request.form.get("proof") else {}


def check_proof(held: UUID) -> None:
    """Let a booking without the proof count against a limit that people hardly meet. Raises TooManyAttempts.

    A time is booked once, so its proof is good once, and no longer than the time is held.
    """
    proof = proof_asked(held)
    if proof and not proves(proof.challenge, proof.answer):
        count_unproved()


def _challenge(held: UUID) -> str:
    """Nobody can know it, and begin to work on it, before they hold the time."""
    return digest("proof", current_tenant(), held.hex)[:32]
