"""Characters as people have them in names, and those that only deceive: what can stand in a line, what shows as nothing."""

import re
import unicodedata

TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that show the following text in another order than it is written in."""
JOINERS = frozenset(("\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))))
"""What Persian, Indian scripts and emoji are joined or kept apart by, and the letters in a flag: part of a spelling."""

_BLANK = "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
_BLANK += "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U00016fe4"
_BLANK += "\U000e0000-\U000e0fff"
_NOTHING = re.compile(rf"[\s{_BLANK}]*")
"""White space, what Unicode calls ignorable by default (DerivedCoreProperties.txt), and empty patterns: U+2800, U+1D159."""
_AROUND = re.compile(r"\A[\s\u200b\u2060\ufeff]+|[\s\u200b\u2060\ufeff]+\Z")
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}


def one_form(text: str) -> str:
    """Return `text` in the form of Unicode in which equal texts are equal code points (NFC)."""
    return unicodedata.normalize("NFC", text)


def can_stand(char: str) -> bool:
    """Tell whether a character can stand in a line and a page: no control, no line end, none that turns writing round."""
    point = ord(char)
    is_no_character = 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char not in TURNS and not is_no_character


def can_stand_in_name(char: str) -> bool:
    """Tell whether a character can stand in the name of a file: one that is seen, or that the spelling of a name needs."""
    hides = unicodedata.category(char) == "Cf" and shows_nothing(char) and char not in JOINERS
    return can_stand(char) and not hides


def shows_nothing(text: str) -> bool:
    """Tell whether a reader sees nothing of a text, however many characters it has."""
    return _NOTHING.fullmatch(text) is not None


def trimmed(line: str) -> str:
    """Return a line without what is invisible at its ends: spaces, and marks that come along when text is copied."""
    return _AROUND.sub("", line)


def half_width(text: str) -> str:
    """Return a text with full-width letters, digits and signs of an East Asian keyboard as their ASCII ones."""
    return text.translate(_FULL_WIDTH)
