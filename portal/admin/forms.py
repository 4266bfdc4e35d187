"""What the console's forms ask for."""

from portal.kit import forms
from portal.kit.i18n import _l


class Answer(forms.Form):
    """Our answer to a customer."""

    taken_once = forms.Once.PAGE

    message = forms.paragraph(_l("Your reply"), hint=_l("Emailed to the customer and shown on their ticket."))
