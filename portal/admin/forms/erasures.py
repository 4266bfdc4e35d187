"""What the form about a step of a deletion asks for."""

from portal.kit import forms
from portal.kit.i18n import _l


class Confirmation(forms.Form):
    """How one knows that a product or a vendor has done its step."""

    evidence = forms.text(
        _l("How do you know it’s done?"), max=200, hint=_l("For example: the vendor’s reply of today. Name nobody.")
    )


class ProductConfirmation(forms.Form):
    """How one knows that a product has deleted what a dissolved organisation had there."""

    evidence = forms.choice(_l("How do you know it’s deleted?"), [])
