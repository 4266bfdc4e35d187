"""What the forms about requests ask for."""

from wtforms import DateField
from wtforms.validators import InputRequired

from portal.kit import forms
from portal.kit.i18n import _l

MOVED_ON = _l("This request has changed since you opened it, so nothing was done. Look at it again.")
OWN_ANSWER = _l("You gave the first answer, so someone else takes the second look.")


class Intake(forms.Form):
    """A request of somebody who wrote or called, as staff enter it."""

    taken_once = forms.Once.PAGE
    refusals = {"NotYetReceived": ("received_on", _l("Choose a day within the last %(answer)s, today at the latest."))}

    kind = forms.choice(_l("What they ask for"), [])
    email = forms.email(hint=_l("Theirs. We send the code that proves the request there."))
    message = forms.paragraph(_l("What they wrote or said"))
    language = forms.choice(_l("Language"), [])
    received_on = DateField(_l("Day it arrived"), validators=[InputRequired(_l("Choose a day."))])


class Pause(forms.Form):
    """What we wait for."""

    refusals = {"RequestMovedOn": (None, MOVED_ON), "OwnAnswer": (None, OWN_ANSWER)}

    reason = forms.choice(_l("What do we wait for?"), [])


class Decision(forms.Form):
    """How a request ends, why, and in which words."""

    refusals = {
        "RequestMovedOn": (None, MOVED_ON),
        "OwnAnswer": (None, OWN_ANSWER),
        "CorrectionsPending": (None, _l("Corrections are waiting. Decide them: that closes the request.")),
        "ReasonNotOfOutcome": ("ending", _l("This ending doesn’t fit the request as it is now. Choose another.")),
    }

    ending = forms.choice(_l("Outcome and reason"), [])
    answer = forms.paragraph(_l("Your answer"), hint=_l("The person reads it with the outcome and the reason."))
