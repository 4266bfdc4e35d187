"""Whom a row is about, and what an erasure does for each of them: a row may be about two people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from portal.kit.claims.retention import Sentence
from portal.kit.claims.subjects import Whose


@dataclass(frozen=True)
class DeleteRow:
    """The row goes."""


@dataclass(frozen=True)
class BlankColumns:
    """The row stays for its other parties; what is this party's in it goes. `words` say so.

    `columns` says what stands in each of this party's columns afterwards.
    """

    columns: Mapping[str, Any]
    words: Sentence


@dataclass(frozen=True)
class ExemptFromErasure:
    """The row stays, for this reason, until the date that a rule of its table sets."""

    reason: Sentence


@dataclass(frozen=True)
class ExemptWhile:
    """The row stays without a date, as long as the reason stands.

    `where` selects the rows that are exempt: no other party's erasure and no sweep takes one of them. Once the reason
    has gone, a rule of the table ends them.
    """

    reason: Sentence
    where: Callable[[], ColumnElement[bool]] | None = None


Erasure = DeleteRow | BlankColumns | ExemptFromErasure | ExemptWhile


@dataclass(frozen=True)
class Party:
    """Somebody whom the rows of a table are about: how theirs are found, and what an erasure does for them.

    The party without a name is the one to whom the words of the table speak. Another one has a name and words of its
    own, and gets in a copy what `shows` lists: column -> the name under which that party understands it.
    """

    whose: Whose
    on_erasure: Erasure = DeleteRow()
    name: str = ""
    what: Sentence = ""
    shows: Mapping[str, Sentence] | None = None
    withheld: Sentence = ""
    """Why the columns that are not shown are left out: they are somebody else's."""
    through: str = ""
    """The line of the register through whose rows these are found: a page that does not count all of those knows not all
    of these either."""
    undisclosed: Sentence = ""
    """Why this party is not even told whether there are such rows. The register says this to everybody alike."""
