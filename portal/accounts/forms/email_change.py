"""What a change of address asks for."""

from portal.kit import forms
from portal.kit.i18n import _l


class ChangeEmail(forms.Form):
    """The new address."""

    refusals = {
        "AddressIsTheSame": ("email", _l("That’s already your email address.")),
        "AccountIsFrozen": (
            None,
            _l("Someone selected “This wasn’t me” for this account. Choose a new password first, with the link we emailed."),
        ),
    }

    email = forms.email(_l("New email address"))
