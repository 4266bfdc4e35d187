"""What the forms of lost access ask for."""

from portal.kit import forms
from portal.kit.i18n import _l

MISUSE_MAX = 4000


class ForgotPassword(forms.Form):
    """Where the reset link goes."""

    email = forms.email()


class ChoosePassword(forms.Form):
    """The new password."""

    refusals = forms.PASSWORD_REFUSALS

    password = forms.password(_l("New password"))


class ReportMisuse(forms.Form):
    """Which account, and what was seen."""

    taken_once = forms.Once.BROWSER

    email = forms.email(_l("Email address of the account"))
    message = forms.paragraph(_l("What did you see?"), max=MISUSE_MAX, hint=_l("When, where, and why it wasn’t you."))
