from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from webapp.web.forms import HouseForm, tidy


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
