"""The form of one text."""

from flask_babel import lazy_gettext as _
from wtforms import Field, HiddenField, TextAreaField, ValidationError

from webapp.core.errors import InvalidInput
from webapp.rules.letters import Words, check_body, check_subject
from webapp.web.errors import sentence
from webapp.web.forms import HouseForm, TextField, tidy_lines


class LetterForm(HouseForm):
    """``kind`` and ``channel`` say what may stand in braces; a short message has no subject."""

    kind = channel = ""
    subject = TextField(_("Subject"))
    body = TextAreaField(_("Text"), filters=[tidy_lines])
    seen = HiddenField()

    def validate_subject(self, field: Field) -> None:
        self._check(check_subject, field)

    def validate_body(self, field: Field) -> None:
        self._check(check_body, field)

    def words(self) -> Words:
        return Words(self.subject.data if "subject" in self else "", self.body.data)

    def _check(self, check, field: Field) -> None:
        try:
            check(field.data, kind=self.kind, channel=self.channel)
        except InvalidInput as error:
            raise ValidationError(sentence(error)) from None


def letter_form(
    kind: str, channel: str, language: str, words: Words | None = None, *, seen: Words | None = None
) -> LetterForm:
    """The form with these words in it, or with what was sent; ``seen`` are the clinic's own that it began with."""
    stored = {"subject": words.subject, "body": words.body, "seen": seen.digest if seen else ""} if words else {}
    form = LetterForm(prefix="letter-", **stored, **({"formdata": None} if words else {}))
    form.kind, form.channel = kind, channel
    form.subject.render_kw = {"lang": language, "dir": "auto", "autocomplete": "off"}
    form.body.render_kw = {"lang": language, "dir": "auto", "rows": 5 if channel == "SMS" else 14}
    form.subject.flags.required = form.body.flags.required = True
    if channel == "SMS":
        del form.subject
    return form
