"""What was said in a matter, in words: how an area hands out its conversations, for people and their tools."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Said:
    """One message of a conversation, in the reader's language. An `author` in words; none, if it's the subject's own."""

    at: datetime
    author: str
    text: str = field(repr=False)
    note: str = ""
    """What is to be said of it besides: that its text was deleted, and why."""
    files: Sequence[str] = ()
    """Its files, by the names under which the claim hands them out."""


@dataclass(frozen=True)
class Conversation:
    """One matter from its beginning. `said` reads its messages anew each time, oldest first, and not all at once."""

    name: str
    """What people call it: short, fit for the name of a file, and no other one's."""
    title: str = field(repr=False)
    state: str
    opened_at: datetime
    updated_at: datetime
    by_name: str = field(repr=False)
    by_email: str = field(repr=False)
    said: Callable[[], Iterable[Said]] = field(repr=False)
