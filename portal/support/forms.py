"""What the helpdesk's forms ask for."""

from portal.kit import forms
from portal.kit.file_forms import WithFiles, several_files
from portal.kit.i18n import _l

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

    name = forms.text(_l("Your name"))
    email = forms.email(hint=_l("We reply to this email address."))
    subject = forms.text(_l("Subject"), max=SUBJECT_MAX)
    message = forms.paragraph(_l("Message"))
    files = several_files()


class Reply(WithTicketFiles):
    """A customer's further message."""

    taken_once = forms.Once.PAGE

    message = forms.paragraph(_l("Your reply"))
    files = several_files()
