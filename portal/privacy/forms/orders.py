"""Shape of the form by which somebody has things deleted by itself."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from portal.kit import forms, periods
from portal.kit.i18n import _, _l

NEVER = "0"
_OFFERS_NEVER = {"required": False}
"""The first choice is no empty one, so HTML lets none be required."""


class Orders(forms.Form):
    """One choice for each kind; nothing is chosen beforehand but never."""

    tickets = forms.choice(_l("Closed tickets"), [], widget=Select(), render_kw=_OFFERS_NEVER)
    files = forms.choice(_l("Files in tickets"), [], widget=Select(), render_kw=_OFFERS_NEVER)
    history = forms.choice(_l("Sign-in history"), [], widget=Select(), render_kw=_OFFERS_NEVER)
    account = forms.choice(_l("My account, if I stay away"), [], widget=Select(), render_kw=_OFFERS_NEVER)

    def offer(self, options: Mapping[Any, Sequence[int]]) -> None:
        """Offer after how many days each kind may be deleted."""
        for kind, choices in options.items():
            said = [(str(days), _("After %(time)s", time=periods.describe(timedelta(days=days)))) for days in choices]
            self[kind].choices = [SelectChoice(*each) for each in ((NEVER, _("Never")), *said)]
