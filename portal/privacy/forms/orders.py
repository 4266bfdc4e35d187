"""Shape of the form by which somebody has things deleted by itself."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from wtforms import ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from portal.kit import forms, periods
from portal.kit.i18n import _, _l

NEVER = "0"
_OFFERS_NEVER = {"required": False}
"""The first choice is no empty one, so HTML lets none be required."""


def _offered(_form: object, field: Any) -> None:
    if field.data not in {each.value for each in field.choices}:
        raise ValidationError(_("Choose one of the times in the list."))


_HOW: dict[str, Any] = {
    "widget": Select(),
    "render_kw": _OFFERS_NEVER,
    "validate_choice": False,
    "validators": [_offered],
}


class Orders(forms.Form):
    """One choice for each kind; nothing is chosen beforehand but never."""

    tickets = forms.choice(_l("Closed tickets"), [], **_HOW)
    files = forms.choice(_l("Files in tickets"), [], **_HOW)
    history = forms.choice(_l("Sign-in history"), [], **_HOW)
    account = forms.choice(_l("My account, if I stay away"), [], **_HOW)

    def offer(self, options: Mapping[Any, Sequence[int]]) -> None:
        """Offer after how many days each kind may be deleted."""
        for kind, choices in options.items():
            said = [(str(days), _("After %(time)s", time=periods.describe(timedelta(days=days)))) for days in choices]
            self[kind].choices = [SelectChoice(*each) for each in ((NEVER, _("Never")), *said)]
