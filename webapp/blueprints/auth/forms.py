from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, RadioField
from wtforms.validators import InputRequired

from webapp.queries.identity import Colleague
from webapp.web.forms import HouseForm, tidy
from webapp.web.identity import Person


class SignInForm(HouseForm):
    email = EmailField(
        _("E-mail address"),
        filters=[tidy],
        validators=[InputRequired(_("Enter your e-mail address."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remembered = BooleanField(_("Show my name here when users are switched"), default=True)


class SwitchForm(HouseForm):
    """Somebody of those who signed in on this browser before."""

    who = RadioField(_("Who takes over?"), validators=[InputRequired(_("Choose who you are."))])
    password = PasswordField(
        _("Password"),
        validators=[InputRequired(_("Enter your password."))],
        render_kw={"autocomplete": "off"},
    )

    def offer(self, known: list[Colleague], *, asking: Person | None) -> None:
        """The first of the others is chosen beforehand: a switch is nearly always to somebody else."""
        self.who.choices = [(str(one.user_id), one.full_name) for one in known]
        others = [one for one in known if asking is None or one.user_id != asking.user_id]
        if self.who.data not in dict(self.who.choices):
            self.who.data = str((others or known)[0].user_id) if known else None
