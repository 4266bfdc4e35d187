"""What somebody whose account is disabled says."""

from portal.kit import forms
from portal.kit.i18n import _l

APPEAL_MAX = 4000


class Appeal(forms.Form):
    """Why the decision is wrong."""

    refusals = {"AppealedAlready": (None, _l("You’ve already appealed. You’ll get our answer by email."))}

    text = forms.paragraph(_l("Why is the decision wrong?"), max=APPEAL_MAX, hint=_l("Say what we got wrong or don’t know."))
