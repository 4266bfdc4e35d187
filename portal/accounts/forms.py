"""Shape of what people type to sign up, to sign in and to prove that it is them."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.kit import forms
from portal.kit.forms import Form
from portal.kit.i18n import _l

_CODE_WRONG = _l("That code is wrong or already used. Wait for the next one and enter it here.")
_CODES_UNREADABLE = _l(
    "We can’t check your code right now. This is a problem on our side, and your code wasn’t used. Please try again later."
)
_PASSWORD_WRONG = _l("That isn’t your password.")


def code_field() -> StringField:
    """Make a field for the six digits of an authenticator app."""
    return forms.text(
        _l("Code from your authenticator app"),
        max=12,
        hint=_l("Six digits."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class SignUp(Form):
    """A wish for an account."""

    refusals = forms.PASSWORD_REFUSALS

    name = forms.text(_l("Name"), hint=_l("What should we call you?"))
    email = forms.email(hint=_l("We’ll email you a link to confirm it."))
    password = forms.password()
    accept_terms = forms.tick(_l("I accept the terms"), must=_l("Accept the terms to create an account."))


class CorrectAddress(Form):
    """The address that was meant."""

    email = forms.email(_l("Correct email address"))


class SignIn(Form):
    """Address and password."""

    refusals = {
        "SignInRefused": (
            None,
            _l(
                "Wrong email or password, or the address isn’t confirmed yet. Just signed up? Open the link in our email "
                "first."
            ),
        ),
        "AccountFrozen": (
            None,
            _l(
                "This account is locked because someone reported something they didn’t do. Choose a new password with "
                "“Forgot your password?”."
            ),
        ),
        "TooManyTries": (
            None,
            _l("Too many attempts. Wait %(wait)s and try again, or reset your password."),
        ),
    }

    email = forms.email()
    password = forms.password()
    remember = forms.tick(_l("Remember me on this device"))


class Code(Form):
    """A code of the second factor."""

    refusals = {"CodeWrong": ("code", _CODE_WRONG), "CodesUnreadable": (None, _CODES_UNREADABLE)}

    step = HiddenField(validators=[Length(max=600)])
    """The half of a sign-in that is proven, signed; empty in a session that was opened without a code."""
    code = code_field()


class AddFactor(Form):
    """The first code of a new second factor; `sealed` carries the secret through the page."""

    refusals = {
        "CodeWrong": ("code", _CODE_WRONG),
        "LinkDead": (None, _l("This page was open too long. Scan the new code and enter what the app shows.")),
        "FactorPresent": (None, _l("Two-step verification is already on. Turn it off first to set it up again.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=400)])
    code = code_field()


class RemoveFactor(Form):
    """The password, which will stand alone."""

    refusals = {
        "WrongPassword": ("password", _PASSWORD_WRONG),
        "PasswordTooShort": (
            "password",
            _l("Your password is too short to be used on its own. Choose one of at least %(least)s characters first."),
        ),
    }

    password = forms.password(_l("Your password"))


class ConfirmByPassword(Form):
    """The password."""

    refusals = {"WrongPassword": ("password", _PASSWORD_WRONG)}

    password = forms.password(_l("Your password"))

    def proof(self) -> dict[str, str]:
        """Return what was given to prove who it is."""
        return {"password": self.password.data}


class ConfirmIdentity(ConfirmByPassword):
    """The password and a code, for those with a second factor."""

    refusals = {**ConfirmByPassword.refusals, **Code.refusals}

    code = code_field()

    def proof(self) -> dict[str, str]:
        """Return what was given to prove who it is."""
        return {**super().proof(), "code": self.code.data}
