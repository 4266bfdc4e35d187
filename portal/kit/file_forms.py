"""Forms that may bring files: the field, and the sentence for each reason why a file is not taken."""

import os

from flask_wtf.file import MultipleFileField

from portal.kit import file_fields, forms
from portal.kit.accepted_files import ENDINGS, LARGEST, LARGEST_TOGETHER, MOST_FILES, Upload
from portal.kit.i18n import _, _l

FILES_HINT = _l(
    "PDF, PNG, JPEG, WebP, text, CSV, Word or Excel. Up to %(most)s files of %(each)s MB each, %(all)s MB in total.",
    most=MOST_FILES,
    each=LARGEST // 1024**2,
    all=LARGEST_TOGETHER // 1024**2,
)


def several_files() -> MultipleFileField:
    """Make the field of a message's files."""
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
    }

    def _fail(self, status: int) -> None:
        super()._fail(status)
        if self.uploads():
            self.problems.append(_("Choose your files again: browsers don’t keep them."))

    def uploads(self) -> list[Upload]:
        """Return what was chosen, which lies on disk. The size of the whole request is bounded."""
        chosen = [each for each in self["files"].data or () if getattr(each, "filename", None)]
        return [Upload(each.filename, each.stream.seek(0, os.SEEK_END), each.stream) for each in chosen]
