"""What the helpdesk's forms ask for."""

import os

from flask_wtf.file import MultipleFileField

from portal.kit import file_fields, forms
from portal.kit.i18n import _, _l
from portal.support.files import ENDINGS, LARGEST, LARGEST_TOGETHER, MOST_FILES, Upload

SUBJECT_MAX = 150
FILES_HINT = _l(
    "PDF, PNG, JPEG, WebP, text, CSV, Word or Excel. Up to %(most)s files of %(each)s MB each, %(all)s MB in total.",
    most=MOST_FILES,
    each=LARGEST // 1024**2,
    all=LARGEST_TOGETHER // 1024**2,
)


def _files() -> MultipleFileField:
    return file_fields.several(
        _l("Files"),
        accept=ENDINGS,
        hint=FILES_HINT,
        each=(
            LARGEST,
            _l(
                "“%(name)s” is larger than %(most)s MB. Leave it out, or make it smaller.",
                name=file_fields.NAME,
                most=LARGEST // 1024**2,
            ),
        ),
        together=(
            LARGEST_TOGETHER,
            _l("Together these files are larger than %(most)s MB. Leave some out.", most=LARGEST_TOGETHER // 1024**2),
        ),
    )


class WithFiles(forms.Form):
    """A form that may bring files."""

    refusals = {
        "TooManyFiles": ("files", _l("Send at most %(most)s files at a time.")),
        "FilesTooLarge": ("files", _l("Together these files are larger than %(most)s MB. Leave some out.")),
        "FileTooLarge": ("files", _l("“%(name)s” is larger than %(most)s MB. Leave it out, or make it smaller.")),
        "FileEmpty": ("files", _l("“%(name)s” is empty. Choose another file.")),
        "FileKindNotTaken": (
            "files",
            _l("We don’t accept files like “%(name)s”. Send PDF, PNG, JPEG, WebP, text, CSV, Word or Excel."),
        ),
        "FileNotWhatItSays": (
            "files",
            _l("“%(name)s” isn’t the kind of file its name says. Save it again from the program it comes from."),
        ),
        "FileDamaged": ("files", _l("“%(name)s” is damaged or incomplete. Save it again and send the new file.")),
        "FileIsTwoThings": (
            "files",
            _l("Something else is hidden in “%(name)s”. Save it as a new file, or send a screenshot."),
        ),
        "FileHoldsControls": (
            "files",
            _l("“%(name)s” contains control characters, so it isn’t plain text. Save it as text in UTF-8."),
        ),
        "FileHoldsProgram": ("files", _l("“%(name)s” contains macros. Save it without them.")),
        "FileIsLocked": ("files", _l("“%(name)s” is protected by a password. Save it without one.")),
        "FileUnpacksTooLarge": (
            "files",
            _l("“%(name)s” is too large once it’s unpacked. Save it as a PDF, or leave out what isn’t needed."),
        ),
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

    def _fail(self, status: int) -> None:
        super()._fail(status)
        if self.uploads():
            self.problems.append(_("Choose your files again: browsers don’t keep them."))

    def uploads(self) -> list[Upload]:
        """Return what was chosen, which lies on disk. The size of the whole request is bounded."""
        chosen = [each for each in self["files"].data or () if getattr(each, "filename", None)]
        return [Upload(each.filename, each.stream.seek(0, os.SEEK_END), each.stream) for each in chosen]


class Contact(WithFiles):
    """A message to us, with or without an account (P13)."""

    taken_once = forms.Once.BROWSER

    name = forms.text(_l("Your name"))
    email = forms.email(hint=_l("We reply to this email address."))
    subject = forms.text(_l("Subject"), max=SUBJECT_MAX)
    message = forms.paragraph(_l("Message"))
    files = _files()


class Reply(WithFiles):
    """A customer's further message."""

    taken_once = forms.Once.PAGE

    message = forms.paragraph(_l("Your reply"))
    files = _files()
