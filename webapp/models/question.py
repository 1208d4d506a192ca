from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import Created, TenantRow, of_tenant


class Question(TenantRow, Base):
    """Something a clinic asks patients when they book. No ``type_ids``: for every type of visit."""

    __tablename__ = "questions"
    __table_args__ = (
        of_tenant("questions"),
        CheckConstraint("length(btrim(label)) BETWEEN 1 AND 300", name="question_label"),
        CheckConstraint("length(hint) <= 500", name="question_hint"),
        CheckConstraint("kind IN ('TEXT', 'CHOICE', 'CONSENT')", name="question_kind"),
        CheckConstraint(
            "cardinality(choices) BETWEEN CASE kind WHEN 'CHOICE' THEN 2 ELSE 0 END"
            " AND CASE kind WHEN 'CHOICE' THEN 30 ELSE 0 END",
            name="question_choices",
        ),
    )

    label: Mapped[str]
    hint: Mapped[str] = mapped_column(server_default=text("''"))
    kind: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    required: Mapped[bool] = mapped_column(server_default=text("false"))
    type_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[Created]


class Answer(Base):
    """What a patient answered, and the question in the words it was asked in."""

    __tablename__ = "answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "appointment_id"],
            ["appointments.tenant_id", "appointments.id"],
            name="fk_answers_appointment",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "question_id"], ["questions.tenant_id", "questions.id"], name="fk_answers_question"
        ),
        CheckConstraint("length(answer) BETWEEN 1 AND 1000", name="answer_length"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    asked: Mapped[str]
    answer: Mapped[str]
    created_at: Mapped[Created]
