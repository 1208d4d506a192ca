"""The clinic's own questions. What was answered stays as it was asked, whatever becomes of the question."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Question
from webapp.rules.questions import check_question


@transactional
def add_question(
    session: Session,
    *,
    label: str,
    kind: str,
    hint: str = "",
    choices: Sequence[str] = (),
    required: bool = False,
    type_ids: Sequence[UUID] = (),
) -> UUID:
    """Ask one more thing, after the others; of these types of visit, or of every one. Raises InvalidInput."""
    check_question(label=label, kind=kind, choices=list(choices))
    rows = _in_order(session)
    question = Question(
        tenant_id=current_tenant(),
        id=new_id(),
        label=label.strip(),
        hint=hint.strip(),
        kind=kind,
        choices=list(choices) if kind == "CHOICE" else [],
        required=required,
        type_ids=list(type_ids),
        position=rows[-1].position + 1 if rows else 1,
    )
    session.add(question)
    return question.id


@transactional
def change_question(
    session: Session,
    *,
    question_id: UUID,
    label: str,
    kind: str,
    hint: str = "",
    choices: Sequence[str] = (),
    required: bool = False,
    type_ids: Sequence[UUID] = (),
) -> None:
    """Ask it in other words from now on. Raises InvalidInput, NotFound."""
    check_question(label=label, kind=kind, choices=list(choices))
    row = _one(_in_order(session), question_id)
    row.label, row.hint, row.kind, row.required = label.strip(), hint.strip(), kind, required
    row.choices = list(choices) if kind == "CHOICE" else []
    row.type_ids = list(type_ids)


@transactional
def switch_question(session: Session, *, question_id: UUID, is_active: bool) -> None:
    """Ask it from now on, or no longer; again: the same. Raises NotFound."""
    _one(_in_order(session), question_id).is_active = is_active


@transactional
def place_question(session: Session, *, question_id: UUID, place: int) -> None:
    """Put it at a place, counted from 0, among the others; again: the same. Raises NotFound."""
    rows = _in_order(session)
    row = _one(rows, question_id)
    rows.remove(row)
    rows.insert(max(0, place), row)
    for position, one in enumerate(rows, start=1):
        one.position = position


def _in_order(session: Session) -> list[Question]:
    """All of them, locked: their order is changed as a whole."""
    query = select(Question).filter_by(tenant_id=current_tenant()).order_by(Question.id).with_for_update()
    return sorted(session.scalars(query), key=lambda one: (one.position, one.id))


def _one(rows: list[Question], question_id: UUID) -> Question:
    found = next((row for row in rows if row.id == question_id), None)
    if found is None:
        raise NotFound(N_("This question does not exist."))
    return found
