"""What a promise is made of."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

Sentence = Any


class Built(Enum):
    """How much of its part in a promise the portal does. What is not built binds the company's people, not its software."""

    WHOLLY = "wholly"
    PARTLY = "partly"
    NOT = "not"


@dataclass(frozen=True)
class Promise:
    """One promise. `%(visits)s` in its words is a period of the policy; `seen_at` the endpoint of a page to look at.

    `enforced` says what the portal does, or will do when nothing is built; `missing` what a part that is built lacks.
    """

    id: str
    built: Built
    title: Sentence
    text: Sentence
    enforced: Sentence
    seen_at: str | None = None
    missing: Sentence | None = None


@dataclass(frozen=True)
class Section:
    """A chapter of PROMISES with its promises."""

    title: Sentence
    promises: tuple[Promise, ...]
