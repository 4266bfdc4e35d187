"""What sign-up asks for."""

from portal.kit import forms
from portal.kit.i18n import _l


class SignUp(forms.Form):
    """A request for an account."""

    taken_once = forms.Once.BROWSER

    refusals = forms.PASSWORD_REFUSALS

    name = forms.text(_l("Name"), hint=_l("What should we call you?"))
    email = forms.email(hint=_l("We’ll email you a link to confirm it."))
    password = forms.password()
    accept_terms = forms.tick(_l("I accept the terms"), must=_l("Accept the terms to create an account."))


class CorrectAddress(forms.Form):
    """The address that was meant."""

    email = forms.email(_l("Correct email address"))
