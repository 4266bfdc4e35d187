"""Shape of the form that asks for a correction."""

from portal.kit import forms
from portal.kit.file_forms import WithFiles, several_files
from portal.kit.i18n import _l
from portal.privacy.forms.requests import AskForRight

VALUE_MAX, STATEMENT_MAX = 500, 2000
EMPTY_REMOVES = _l("Shown with the data, to you and to our team, and in your download. Leave it empty to remove it.")
CORRECTION_REFUSALS = {
    "NothingToCorrect": ("after", _l("That’s what it says now. Enter what it should say instead.")),
    "ValueTooLong": ("after", _l("Use at most %(most)s characters.")),
    "TooManyCorrections": (None, _l("This request already has %(most)s corrections. Wait for our answer, then ask again.")),
}


class CorrectEntry(WithFiles):
    """Which field of an entry is wrong, what it should say, and how one knows. The fields are the caller's to say."""

    taken_once = forms.Once.BROWSER
    refusals = {
        **WithFiles.refusals,
        **CORRECTION_REFUSALS,
        "UnprovenShareSpent": AskForRight.refusals["UnprovenShareSpent"],
        "RequestMovedOn": (None, _l("Your earlier request was closed just now. Send this one again.")),
    }

    field = forms.choice(_l("What’s wrong?"), [])
    after = forms.text(_l("What it should say"), max=VALUE_MAX)
    message = forms.paragraph(_l("How do you know?"), hint=_l("Tell us what shows the mistake. Attach it if you have it."))
    files = several_files()


class DisputeEntry(forms.Form):
    """What somebody says of a field. The fields are the caller's to say."""

    refusals = {
        "TooManyStatements": (None, _l("You have %(most)s statements already. Remove one first, or ask our team.")),
    }

    field = forms.choice(_l("What’s it about?"), [])
    body = forms.paragraph(
        _l("Your statement"),
        max=STATEMENT_MAX,
        required=False,
        hint=EMPTY_REMOVES,
    )


class DisputeByLink(forms.Form):
    """The same of somebody without an account, about a field whose correction was declined."""

    refusals = DisputeEntry.refusals

    field = forms.choice(_l("What’s it about?"), [])
    body = forms.paragraph(_l("Your statement"), max=STATEMENT_MAX, required=False, hint=EMPTY_REMOVES)
