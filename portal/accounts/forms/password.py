"""What a change of password asks for."""

from portal.kit import forms
from portal.kit.i18n import _l

PASSWORD_WRONG = _l("That isn’t your password.")


class ChangePassword(forms.Form):
    """The present password and the new one."""

    refusals = {
        **forms.PASSWORD_REFUSALS,
        "WrongPassword": ("current_password", _l("That isn’t your current password.")),
    }

    current_password = forms.password(_l("Current password"))
    password = forms.password(_l("New password"))
