from uuid import UUID

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from webapp.queries.availability import all_types
from webapp.rules.questions import Question
from webapp.web.forms import CheckboxesField, HouseForm, TextField, tidy_lines


class QuestionForm(HouseForm):
    label = TextField(
        _("Question"),
        description=_("As patients read it. For a consent: the whole sentence that is agreed to."),
        validators=[
            InputRequired(_("Enter the words of the question.")),
            Length(max=300, message=_("This is longer than 300 characters. Put the rest into the hint.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    hint = TextField(
        _("Hint"),
        validators=[Length(max=500, message=_("The hint is longer than 500 characters. Shorten it."))],
        render_kw={"autocomplete": "off"},
    )
    kind = RadioField(
        _("How it is answered"),
        choices=[
            SelectChoice("TEXT", _("In the patient's own words")),
            SelectChoice("CHOICE", _("By one of several answers")),
            SelectChoice("CONSENT", _("By ticking a box: a consent")),
        ],
        default="TEXT",
        validators=[InputRequired(_("Say how it is answered."))],
    )
    choices = TextAreaField(
        _("Answers to choose from"),
        description=_("One on each line."),
        filters=[tidy_lines],
        render_kw={"rows": 4},
    )
    required = BooleanField(_("It must be answered to book"))
    type_ids = CheckboxesField(_("Asked for"), description=_("Without a tick it is asked for every type of visit."))

    def values(self) -> dict[str, object]:
        """What the services want to know of a question."""
        lines = [line for line in self.choices.data.splitlines() if line]
        return {
            "label": self.label.data,
            "hint": self.hint.data,
            "kind": self.kind.data,
            "choices": lines if self.kind.data == "CHOICE" else [],
            "required": self.required.data,
            "type_ids": [UUID(chosen) for chosen in self.type_ids.data],
        }


def question_form(stored: Question | None = None, *, sent: bool = False) -> QuestionForm:
    """The form, empty or with a question in it, or with what was sent."""
    options = {} if sent else {"formdata": None}
    if stored:
        options |= {name: getattr(stored, name) for name in ("label", "hint", "kind", "required")}
        options |= {"choices": "\n".join(stored.choices), "type_ids": [str(one) for one in stored.type_ids]}
    form = QuestionForm(prefix="question-", **options)
    form.type_ids.choices = [SelectChoice(str(one.id), one.name) for one in all_types()]
    return form
