"""What the form about proposed corrections asks for."""

from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.admin.forms.requests import MOVED_ON, OWN_ANSWER
from portal.kit import forms
from portal.kit.i18n import _l


class Proposal(forms.Form):
    """What a field of an entry should say, as its person has asked in words."""

    refusals = {
        "NotExecutable": (None, _l("This request isn’t open, so nothing was changed. Look at it again.")),
        "RequestMovedOn": (None, MOVED_ON),
        "NothingToCorrect": ("after", _l("That’s what it says now. Enter what it should say instead.")),
        "ValueTooLong": ("after", _l("Use at most %(most)s characters.")),
        "TooManyCorrections": (None, _l("This request already has %(most)s corrections. Decide them first.")),
    }

    field = forms.choice(_l("What’s wrong?"), [])
    after = forms.text(_l("What it should say"), max=500)


class Corrections(forms.Form):
    """Which corrections are made, why the others aren't, and our answer. `seen` is the mark of those that were read."""

    refusals = {
        "ProposedMeanwhile": (None, MOVED_ON),
        "NotExecutable": (None, _l("This request isn’t open, so nothing was changed. Look at it again.")),
        "OwnAnswer": (None, OWN_ANSWER),
        "ReasonMissing": ("reason", _l("Say why you don’t make the others.")),
        "ChangedSince": (
            "applied",
            _l("“%(label)s” has changed since the person asked, so nothing was corrected. Leave it out, and say so."),
        ),
    }

    seen = HiddenField()
    applied = SelectMultipleField(
        _l("Corrections to make"),
        description=_l("What you leave out stays as it is."),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    reason = forms.choice(_l("Reason, if you leave any out"), [], validators=[Optional()])
    answer = forms.paragraph(_l("Your answer"), hint=_l("The person reads it with the outcome and the reason."))
