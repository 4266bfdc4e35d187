"""What the pages of licences ask for."""

from portal.kit import forms
from portal.kit.i18n import _l

MOST = 32 * 1024


class ActivateMachine(forms.Form):
    """The machine on which a licence is to run."""

    refusals = {
        "RequestUnreadable": (
            "request",
            _l("That’s neither a machine’s number nor a request of our product. Copy it again, whole."),
        ),
        "OtherLicence": ("request", _l("This request is for another licence. Open that licence, and enter it there.")),
        "LicenceEnded": (None, _l("This licence has ended, so it can’t be activated on another machine.")),
        "NoSeat": (None, _l("Every seat is in use. Deactivate a machine you no longer use first.")),
    }

    request = forms.paragraph(
        _l("Request from the machine"),
        max=MOST,
        hint=_l("The machine’s number of 32 digits, or everything in the request file that our product saved."),
    )
