"""Which passwords are easily guessed: those that everybody tries, and those made of words of the person or the company.

A verdict may be kept as long as `version()` stays the same: it is of the bytes of this file and of the list, so that no
change of either can be forgotten.
"""

import hashlib
import math
import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from portal.kit.characters import one_form
from portal.kit.ranked_words import RankedWords

_JUDGED = 32
"""Characters of a password that are judged. At the library's own most, 72, a hostile one took it seconds."""
_JUDGING = 8 * _JUDGED**2
"""Lookups that judging may take: eight ways to read marks as letters, each over 32 characters. A hostile one has 700."""
_EASY_BELOW = 2
"""Scores of 0 and 1 are found within hours by somebody who may try as fast as they like."""
_BESIDE_CONTEXT = 8
"""Characters that a password must have besides the words of its context: as many as the shortest one."""
_LOADING = threading.Lock()


@cache
def version() -> str:
    """Return what changes whenever a password could be judged otherwise: with the rules in this file, and with the list."""
    return hashlib.sha256(Path(__file__).read_bytes() + metadata.version("zxcvbn").encode()).hexdigest()


def load_lists() -> None:
    """Load the library that knows the lists, unless it is loaded, and put small ones in the place of its own.

    It keeps each of 94,000 words as an object, in a dictionary a list: 13 MB.
    """
    # Here: whoever judges no password does without.
    from zxcvbn import matching

    with _LOADING:
        # These it adds at each judgement, while another one may be walking through the lists.
        matching.RANKED_DICTIONARIES.setdefault("user_inputs", {})
        for name in [*matching.FREQUENCY_LISTS]:
            matching.RANKED_DICTIONARIES[name] = RankedWords(matching.FREQUENCY_LISTS.pop(name))


def is_weak(password: str, *, context: Iterable[str]) -> bool:
    """Tell whether a password is easily guessed by whoever knows the list and the words of its context."""
    return is_made_of(password, context) or is_common(password)


def is_made_of(password: str, context: Iterable[str]) -> bool:
    """Tell whether hardly anything is left of a password without the words of its context."""
    rest = one_form(password).casefold()
    for word in sorted({part for text in context for part in _words(text)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < min(_BESIDE_CONTEXT, len(password))


def _words(text: str) -> Iterator[str]:
    text = one_form(text).casefold()
    parts = re.split(r"[\W_]+", text)
    yield from (part for part in [text, "".join(parts), *parts] if len(part) > 3)


def is_common(password: str) -> bool:
    """Tell whether a password is easily guessed, by a local list and common patterns: nothing goes over the network."""
    load_lists()
    from zxcvbn import zxcvbn

    return int(zxcvbn(_judged_part(one_form(password)))["score"]) < _EASY_BELOW


def _judged_part(password: str) -> str:
    """Return the beginning of a password, as much of it as can be judged in bounded time."""
    part = password[:_JUDGED]
    while _readings(part) * len(part) ** 2 > _JUDGING:
        part = part[:-1]
    return part


def _readings(password: str) -> int:
    """Return in how many ways the library reads marks for letters: 1 for i or l, @ and 4 for a, each with each."""
    from zxcvbn.matching import L33T_TABLE, relevant_l33t_subtable

    return math.prod(len(marks) for marks in relevant_l33t_subtable(password, L33T_TABLE).values())
