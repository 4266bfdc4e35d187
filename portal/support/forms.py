"""What the helpdesk's forms ask for."""

from flask_wtf.file import MultipleFileField

from portal.kit import forms
from portal.kit.i18n import _, _l
from portal.support.files import KINDS, LARGEST, LARGEST_TOGETHER, MOST_FILES

SUBJECT_MAX = 150
FILES_HINT = _l(
    "PDF, PNG, JPEG, WebP, text, CSV, Word or Excel. Up to %(most)s files of %(each)s MB each, %(all)s MB together.",
    most=MOST_FILES,
    each=LARGEST // 1024**2,
    all=LARGEST_TOGETHER // 1024**2,
)
ACCEPT = {"accept": ",".join(f".{ending}" for ending in KINDS)}


class WithFiles(forms.Form):
    """A form that may bring files."""

    refusals = {
        "TooManyFiles": ("files", _l("Please send at most %(most)s files at a time.")),
        "FilesTooLarge": ("files", _l("Together these files are larger than %(most)s MB.")),
        "FileTooLarge": ("files", _l("“%(name)s” is larger than %(most)s MB.")),
        "FileEmpty": ("files", _l("“%(name)s” is empty.")),
        "FileKindNotTaken": (
            "files",
            _l("We do not take files like “%(name)s”. Please send PDF, PNG, JPEG, WebP, text, CSV, Word or Excel."),
        ),
        "FileNotWhatItSays": ("files", _l("“%(name)s” is not what its name says. It may be damaged, or was renamed.")),
        "FileHoldsProgram": ("files", _l("“%(name)s” holds macros. Please save it without them.")),
        "TooMuchStored": (
            "files",
            _l("Your tickets hold too many files already. Please delete some of them first."),
        ),
    }

    def _fail(self, status: int) -> None:
        super()._fail(status)
        if self.uploads():
            self.problems.append(_("Please choose your files again: a browser does not keep them."))

    def uploads(self) -> list[tuple[str, bytes]]:
        """Return what was chosen, as (name as typed, content). The size of the whole request is bounded."""
        chosen = [each for each in self["files"].data or () if getattr(each, "filename", None)]
        for each in chosen:
            each.stream.seek(0)
        return [(each.filename, each.stream.read()) for each in chosen]


class Contact(WithFiles):
    """A message to us, with or without an account (P13)."""

    name = forms.text(_l("Your name"))
    email = forms.email(hint=_l("We answer to this address."))
    subject = forms.text(_l("Subject"), max=SUBJECT_MAX)
    message = forms.paragraph(_l("Message"))
    files = MultipleFileField(_l("Files"), description=FILES_HINT, render_kw=ACCEPT)


class Reply(WithFiles):
    """A customer's further message."""

    refusals = {
        **WithFiles.refusals,
        "TicketFull": (None, _l("This conversation has become very long. Please open a new one, and name its reference.")),
    }

    message = forms.paragraph(_l("Your message"))
    files = MultipleFileField(_l("Files"), description=FILES_HINT, render_kw=ACCEPT)
