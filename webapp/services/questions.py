"""The clinic's own questions. What was answered stays as it was asked, whatever becomes of the question."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.core.database import new_id
from webapp.core.errors import N_, NotFound
from webapp.core.tenancy import current_tenant
from webapp.core.transactions import transactional
from webapp.models import Question
from webapp.rules.questions import check_question
from webapp.services import audit


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
    actor: str = "setup",
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
    audit.record_setting(session, "QUESTION", about=question.label, actor=actor, before={}, after=_told(question))
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
    actor: str = "setup",
) -> None:
    """Ask it in other words from now on. Raises InvalidInput, NotFound."""
    check_question(label=label, kind=kind, choices=list(choices))
    row = _one(_in_order(session), question_id)
    before = _told(row)
    row.label, row.hint, row.kind, row.required = label.strip(), hint.strip(), kind, required
    row.choices = list(choices) if kind == "CHOICE" else []
    row.type_ids = list(type_ids)
    audit.record_setting(session, "QUESTION", about=before["label"], actor=actor, before=before, after=_told(row))


@transactional
def switch_question(session: Session, *, question_id: UUID, is_active: bool, actor: str = "setup") -> None:
    """Ask it from now on, or no longer; again: the same. Raises NotFound."""
    row = _one(_in_order(session), question_id)
    before, row.is_active = {"is_active": row.is_active}, is_active
    after = {"is_active": is_active}
    audit.record_setting(session, "QUESTION", about=row.label, actor=actor, before=before, after=after)


@transactional
def place_question(session: Session, *, question_id: UUID, place: int, actor: str = "setup") -> None:
    """Put it at a place, counted from 0, among the others; again: the same. Raises NotFound."""
    rows = _in_order(session)
    row = _one(rows, question_id)
    before = {"position": rows.index(row) + 1}
    rows.remove(row)
    rows.insert(max(0, place), row)
    after = {"position": rows.index(row) + 1}
    audit.record_setting(session, "QUESTION", about=row.label, actor=actor, before=before, after=after)
    for position, one in enumerate(rows, start=1):
        one.position = position


def _told(row: Question) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("label", "hint", "kind", "choices", "required", "type_ids")}


def _in_order(session: Session) -> list[Question]:
    """All of them, locked: their order is changed as a whole."""
    query = select(Question).filter_by(tenant_id=current_tenant()).order_by(Question.id).with_for_update()
    return sorted(session.scalars(query), key=lambda one: (one.position, one.id))


def _one(rows: list[Question], question_id: UUID) -> Question:
    found = next((row for row in rows if row.id == question_id), None)
    if found is None:
        raise NotFound(N_("This question does not exist."))
    return found
