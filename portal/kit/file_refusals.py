"""Why a file is not taken. Each names one true reason, and carries the file's `name`."""

from portal.kit.refusals import Refusal


class FileRefused(Refusal):
    """A file is not taken."""


class FileEmpty(FileRefused):
    """It holds nothing."""


class FileNotWhatItSays(FileRefused):
    """Its content is of another kind than its name says."""


class FileDamaged(FileRefused):
    """It begins as what its name says, and stops before its end or contradicts itself."""


class FileIsTwoThings(FileRefused):
    """It is what its name says, and a page, a program or an archive as well."""


class FileHoldsControls(FileRefused):
    """A text that holds control characters, which act on a terminal."""


class FileHoldsProgram(FileRefused):
    """An office file that brings macros."""


class FileIsLocked(FileRefused):
    """An office file that a password encrypts."""


class FileUnpacksTooLarge(FileRefused):
    """An office file that is larger, once unpacked, than any program should unpack."""
