"""Words that all areas give together, for names of which only the table of another one holds any: events, tasks, emails."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.kit.claims.retention import Sentence
from portal.kit.running import App, Installed

Words = Mapping[Any, Sentence]
"""What stands in a column -> what it means, said in the reader's language when shown."""
RowWords = Callable[[Mapping[str, Any]], Words]
"""The same of one row, where another column of it says what the value is of."""


class Vocabulary(StrEnum):
    """What is named, and needs words."""

    EVENTS = "events"
    FACTS = "facts"
    TASKS = "tasks"
    EMAILS = "emails"
    PURPOSES = "purposes"
    AREAS = "areas"
    LINES = "lines"


@dataclass(frozen=True)
class AreaWords:
    """What people call what an area names: events of the audit trail and their facts, tasks, emails, purposes.

    A word for one of the values of a fact stands under the pair of both.
    """

    events: Words = field(default_factory=dict)
    facts: Words = field(default_factory=dict)
    tasks: Words = field(default_factory=dict)
    emails: Words = field(default_factory=dict)
    purposes: Words = field(default_factory=dict)


class Gathered(Mapping[Any, Sentence]):
    """The words of one vocabulary, of every area of the running app. Looked up when asked, not when declared."""

    def __init__(self, of: Vocabulary) -> None:
        self.of = of

    def __getitem__(self, name: Any) -> Sentence:
        return _GATHERED.get()[self.of][name]

    def __iter__(self) -> Iterator[Any]:
        return iter(_GATHERED.get()[self.of])

    def __len__(self) -> int:
        return len(_GATHERED.get()[self.of])


_GATHERED = Installed[Mapping[Vocabulary, Words]]("words")


def init_app(app: App, words: Sequence[AreaWords], *, areas: Words, lines: Words) -> None:
    """Gather what the areas give, and what they and the lines of the register are called."""
    given = {
        Vocabulary.EVENTS: _together(each.events for each in words),
        Vocabulary.FACTS: _together(each.facts for each in words),
        Vocabulary.TASKS: _together(each.tasks for each in words),
        Vocabulary.EMAILS: _together(each.emails for each in words),
        Vocabulary.PURPOSES: _together(each.purposes for each in words),
        Vocabulary.AREAS: areas,
        Vocabulary.LINES: lines,
    }
    _GATHERED.install(app, given)


def _together(words: Iterable[Words]) -> Words:
    return {name: said for each in words for name, said in each.items()}


def facts(**given: Sentence | tuple[Sentence, Words]) -> Words:
    """Return the words of facts: of each its name, and of those with few values also these."""
    said: dict[Any, Sentence] = {}
    for name, each in given.items():
        label, values = each if isinstance(each, tuple) else (each, {})
        said[name] = label
        said |= {(name, str(value)): word for value, word in values.items()}
    return said
