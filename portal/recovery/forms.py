"""What the forms of lost access ask for."""

from portal.kit import forms
from portal.kit.i18n import _l

MISUSE_MAX = 4000


class ForgotPassword(forms.Form):
    """Where the reset link goes."""

    email = forms.email()


class ChoosePassword(forms.Form):
    """The new password."""

    refusals = {
        "PasswordTooShort": ("password", _l("Please use at least %(least)s characters. A few words in a row do well.")),
        "PasswordTooCommon": ("password", _l("This one is easily guessed. A few unrelated words in a row do better.")),
        "PasswordTellsContext": (
            "password",
            _l("This one is made of your name, your address or ours. Please choose words that nobody would expect."),
        ),
    }

    password = forms.password(_l("New password"))


class ReportMisuse(forms.Form):
    """Which account, and what was seen."""

    email = forms.email(_l("E-mail address of the account"))
    message = forms.paragraph(_l("What did you see?"), max=MISUSE_MAX, hint=_l("When, where, and why it was not you."))
