"""What the second factor asks for: its codes, and the password when it goes."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts.forms.password import PASSWORD_WRONG
from portal.kit import forms
from portal.kit.i18n import _l

_CODE_WRONG = _l("That code is wrong or already used. Wait for the next one and enter it here.")
_CODES_UNREADABLE = _l(
    "We can’t check your code right now. This is a problem on our side, and your code wasn’t used. Please try again later."
)


def code_field() -> StringField:
    """Make a field for the six digits of an authenticator app."""
    return forms.text(
        _l("Code from your authenticator app"),
        max=12,
        hint=_l("Six digits."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class Code(forms.Form):
    """A code of the second factor."""

    refusals = {"CodeWrong": ("code", _CODE_WRONG), "CodesUnreadable": (None, _CODES_UNREADABLE)}

    step = HiddenField(validators=[Length(max=600)])
    """The half of a sign-in that is proven, signed; empty in a session that was opened without a code."""
    code = code_field()


class AddFactor(forms.Form):
    """The first code of a new second factor; `sealed` carries the secret through the page."""

    refusals = {
        "CodeWrong": ("code", _CODE_WRONG),
        "LinkDead": (None, _l("This page was open too long. Scan the new code and enter what the app shows.")),
        "FactorPresent": (None, _l("Two-step verification is already on. Turn it off first to set it up again.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=400)])
    code = code_field()


class RemoveFactor(forms.Form):
    """The password, which will stand alone."""

    refusals = {
        "WrongPassword": ("password", PASSWORD_WRONG),
        "PasswordTooShort": (
            "password",
            _l("Your password is too short to be used on its own. Choose one of at least %(least)s characters first."),
        ),
    }

    password = forms.password(_l("Your password"))
