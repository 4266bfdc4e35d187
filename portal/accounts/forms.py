"""Shape of what people type to sign up, to sign in and to prove that it is them."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.kit import forms
from portal.kit.forms import Form
from portal.kit.i18n import _l

_CODE_WRONG = _l("That is not the present code. A code works once: please wait for the next one and type it here.")
_CODES_UNREADABLE = _l(
    "We can’t check your code right now. This is a problem on our side, and your code wasn’t used. Please try again later."
)
_PASSWORD_WRONG = _l("That is not your password.")


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

    name = forms.text(_l("Name"), hint=_l("As we should call you."))
    email = forms.email(hint=_l("We send a link there to confirm it."))
    password = forms.password()
    accept_terms = forms.tick(_l("I accept the terms"), must=_l("Please accept the terms to create an account."))


class CorrectAddress(Form):
    """The address that was meant."""

    email = forms.email(_l("The right e-mail address"))


class SignIn(Form):
    """Address and password."""

    refusals = {
        "SignInRefused": (
            None,
            _l(
                "This address and this password do not belong together, or the address is not confirmed yet. "
                "If you have just signed up, please open the link in our letter first."
            ),
        ),
        "AccountFrozen": (
            None,
            _l(
                "This account is frozen, because somebody told us that they did not do what was done with it. "
                "Please choose a new password by “Forgot your password?”."
            ),
        ),
        "TooManyTries": (
            None,
            _l("That was tried too often. Please wait %(minutes)s minutes, then try again, or choose a new password."),
        ),
    }

    email = forms.email()
    password = forms.password()
    remember = forms.tick(_l("Remember me on this device"))


class Code(Form):
    """A code of the second factor."""

    refusals = {"CodeWrong": ("code", _CODE_WRONG), "CodesUnreadable": (None, _CODES_UNREADABLE)}

    code = code_field()


class AddFactor(Form):
    """The first code of a new second factor; `sealed` carries the secret through the page."""

    refusals = {
        "CodeWrong": ("code", _CODE_WRONG),
        "LinkDead": (None, _l("This page had been open for too long. Please scan the new picture and type its code.")),
        "FactorPresent": (None, _l("You have a second factor already. Remove it first to set up another one.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=400)])
    code = code_field()


class RemoveFactor(Form):
    """The password, which will stand alone."""

    refusals = {
        "WrongPassword": ("password", _PASSWORD_WRONG),
        "PasswordTooShort": (
            "password",
            _l("Your password is too short to stand alone. Please choose one of at least %(least)s characters first."),
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
