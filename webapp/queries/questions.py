from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import literal, select, union_all

from webapp.core.tenancy import current_tenant
from webapp.core.transactions import reading
from webapp.models import Answer, Appointment, Terms
from webapp.models import Question as Row
from webapp.rules.questions import YES, Question

LAST = 2**31 - 1  # the place of the terms, below all questions


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with its question as it was asked; ``kind`` is what the question is now."""

    asked: str
    answer: str
    kind: str


def list_questions() -> list[Question]:
    """All the clinic's questions in their order, those switched off too."""
    query = select(*[getattr(Row, name) for name in Question.__slots__]).where(Row.tenant_id == current_tenant())
    with reading() as connection:
        return [Question(*row) for row in connection.execute(query.order_by(Row.position, Row.id))]


def questions_for(type_id: UUID | None) -> list[Question]:
    """What is asked of whoever books this type of visit."""
    return [one for one in list_questions() if one.concerns(type_id)]


def answers_of(appointment_id: UUID) -> list[Answered]:
    """What the patient answered, in the questions' order, and last the terms they accepted."""
    answers = (
        select(Answer.asked, Answer.answer, Row.kind, Row.position)
        .join(Row, (Row.tenant_id == Answer.tenant_id) & (Row.id == Answer.question_id))
        .where(Answer.tenant_id == current_tenant(), Answer.appointment_id == appointment_id)
    )
    terms = (
        select(Terms.words, literal(YES), literal("CONSENT"), literal(LAST))
        .join(
            Appointment,
            (Appointment.tenant_id == Terms.tenant_id) & (Appointment.terms_version == Terms.version),
        )
        .where(Appointment.tenant_id == current_tenant(), Appointment.id == appointment_id)
    )
    with reading() as connection:
        rows = connection.execute(union_all(answers, terms).order_by("position"))
        return [Answered(asked, answer, kind) for asked, answer, kind, _position in rows]
