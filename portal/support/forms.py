"""What the helpdesk's forms ask for."""

import uuid
from collections.abc import Sequence

from wtforms.fields.choices import SelectChoice
from wtforms.widgets import Select

from portal.kit import forms
from portal.kit.actor import Standing
from portal.kit.file_forms import WithFiles, several_files
from portal.kit.i18n import _, _l

SUBJECT_MAX = 150


class WithTicketFiles(WithFiles):
    """A form that may add files to a ticket."""

    refusals = {
        **WithFiles.refusals,
        "TicketFull": (None, _l("This ticket has become very long. Open a new one and quote its reference.")),
        "TooMuchStored": (
            "files",
            _l("Your tickets already hold too many files. Delete some of them first."),
        ),
        "StrangersShareSpent": (
            "files",
            _l("We can’t take files without an account right now. Sign in first, or send your message without files."),
        ),
    }


class Contact(WithTicketFiles):
    """A message to us, with or without an account (P13)."""

    taken_once = forms.Once.BROWSER
    refusals = {
        **WithTicketFiles.refusals,
        "NotFound": ("shared_with", _l("You can’t share with this organisation any more. Choose again.")),
    }

    name = forms.text(_l("Your name"))
    email = forms.email(hint=_l("We reply to this email address."))
    subject = forms.text(_l("Subject"), max=SUBJECT_MAX)
    message = forms.paragraph(_l("Message"))
    files = several_files()
    shared_with = forms.choice(_l("Share this ticket"), [], widget=Select(), default="", validators=[])

    def offer(self, places: Sequence[Standing]) -> None:
        """Offer to share with these organisations, or with nobody; where there is none, nothing is asked."""
        if places:
            nobody = SelectChoice("", _("No: only you and our team"))
            self.shared_with.choices = [
                nobody, *(SelectChoice(str(each.organisation_id), each.organisation) for each in places)
            ]  # fmt: skip
        else:
            del self.shared_with

    @property
    def organisation_id(self) -> uuid.UUID | None:
        """The organisation with which the ticket is to be shared; None for nobody."""
        return uuid.UUID(self.shared_with.data) if "shared_with" in self and self.shared_with.data else None


class Reply(WithTicketFiles):
    """A customer's further message."""

    taken_once = forms.Once.PAGE

    message = forms.paragraph(_l("Your reply"))
    files = several_files()
