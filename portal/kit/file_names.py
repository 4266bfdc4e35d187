"""Names of files as people have them in every script, made fit to be shown, saved and unpacked (v5.0.0-5.3.2, 5.4.2)."""

import re
import unicodedata

from portal.kit import characters

LONGEST = 100
"""Characters of a name that is shown and saved."""
LONGEST_PART = 200
"""Bytes of one part of a path. File systems take 255."""
_ENDING_LONGEST = 10
_TAKES_NO_FILE_SYSTEM = frozenset('<>:"|?*\\/')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def clean(name: str) -> str:
    """Return a name fit to be shown and saved: no path, nothing that hides or turns round, not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    seen = "".join(char for char in unicodedata.normalize("NFC", last) if characters.can_stand_in_name(char))
    tidy = " ".join(seen.split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if not dot:
        return _shown(tidy[:LONGEST])
    ending = ending[:_ENDING_LONGEST]
    return f"{_shown(stem[: LONGEST - len(ending) - 1].strip())}.{ending}"


def _shown(stem: str) -> str:
    return "file" if characters.shows_nothing(stem) else stem


def path_part(name: str) -> str:
    """Return a name as one part of a path that every file system takes and no program can be led astray by."""
    plain = "".join(_in_path(char) for char in unicodedata.normalize("NFC", name)).strip(". ")
    if _DEVICE.fullmatch(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _ENDING_LONGEST:
        stem, dot, ending = plain, "", ""
    room = LONGEST_PART - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + ending


def _in_path(char: str) -> str:
    return char if characters.can_stand_in_name(char) and char not in _TAKES_NO_FILE_SYSTEM else "_"
