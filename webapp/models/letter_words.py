from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.database import Base
from webapp.models.columns import of_tenant


class LetterWords(Base):
    """A clinic's own words for a kind of message on one channel, in one language; a short message has no subject."""

    __tablename__ = "letter_words"
    __table_args__ = (
        of_tenant("letter_words"),
        CheckConstraint(
            "kind IN ('CONFIRMATION', 'CHANGE', 'CANCELLATION', 'REMINDER', 'OFFER', 'WAITING')", name="letter_kind"
        ),
        CheckConstraint("channel IN ('EMAIL', 'SMS')", name="letter_channel"),
        CheckConstraint("language ~ '^[a-z]{2,3}$'", name="letter_language"),
        CheckConstraint(
            "length(subject) BETWEEN CASE channel WHEN 'EMAIL' THEN 1 ELSE 0 END"
            " AND CASE channel WHEN 'EMAIL' THEN 200 ELSE 0 END",
            name="letter_subject",
        ),
        CheckConstraint(
            "length(body) BETWEEN 1 AND CASE channel WHEN 'EMAIL' THEN 4000 ELSE 480 END", name="letter_body"
        ),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    body: Mapped[str]
