"""What sign-in asks for, and a proof of identity later on."""

from portal.accounts.forms.factors import Code, code_field
from portal.accounts.forms.password import PASSWORD_WRONG
from portal.kit import forms
from portal.kit.i18n import _l


class SignIn(forms.Form):
    """Address and password."""

    refusals = {
        "SignInRefused": (
            None,
            _l(
                "Wrong email or password, or the address isn’t confirmed yet. Just signed up? Open the link in our email "
                "first. After many wrong attempts, only a browser that you’ve signed in with before or a new password "
                "gets you in."
            ),
        ),
        "AccountFrozen": (
            None,
            _l(
                "This account is locked because someone selected “This wasn’t me”. Choose a new password with "
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


class ConfirmByPassword(forms.Form):
    """The password."""

    refusals = {"WrongPassword": ("password", PASSWORD_WRONG)}

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
