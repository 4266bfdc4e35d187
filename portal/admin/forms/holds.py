"""What the forms about holds ask for."""

from wtforms import DateField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget, Select

from portal.kit import forms
from portal.kit.i18n import _l

REASON_MAX, LAW_MAX = 500, 150
_REFUSALS = {
    "HoldOver": ("until", _l("Choose a day after today.")),
    "HoldTooLong": ("until", _l("That’s too far ahead. This ground allows %(longest)s at most.")),
    "HoldWithoutLaw": ("law", _l("Name the law that requires it.")),
}


class Whose(forms.Form):
    """Whose record is to be held. It is sent, so that no email address stands in an address."""

    email = forms.email()


class HoldRenewal(forms.Form):
    """Until when something is held, and why still."""

    refusals = _REFUSALS

    until = DateField(_l("Last day"), validators=[InputRequired(_l("Choose a day."))])
    reason = forms.paragraph(_l("Reason"), max=REASON_MAX, hint=_l("The person reads it. Don’t name anyone else."))


class Hold(HoldRenewal):
    """What is held of a record, why and until when. The grounds and fields are the caller's to say."""

    taken_once = forms.Once.PAGE

    fields = SelectMultipleField(
        _l("Fields to keep"),
        validators=[InputRequired(_l("Choose at least one field."))],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    ground = forms.choice(_l("Ground"), [], widget=Select())
    law = forms.text(_l("Name of the law"), max=LAW_MAX, required=False, hint=_l("Only if a law requires it."))


class HoldPurpose(forms.Form):
    """What somebody wants to read a held record for."""

    refusals = {"HeldForOther": ("purpose", _l("This copy may be read for its own reason only: %(ground)s."))}

    purpose = forms.choice(_l("What do you need it for?"), [], widget=Select())
