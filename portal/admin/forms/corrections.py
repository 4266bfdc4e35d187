"""What the form about proposed corrections asks for."""

from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.admin.forms.requests import MOVED_ON, OWN_ANSWER
from portal.kit import forms
from portal.kit.i18n import _l


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
