"""What of a copy somebody chose: chapters of what is held, and from which day to which."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, BinaryIO, Self
from zoneinfo import ZoneInfo

from portal.kit.claims import Chapter, Conversation, Said, Span, Subject, register, within
from portal.kit.i18n import _
from portal.kit.refusals import Refusal
from portal.privacy.service.statements import statements_of


class DaysTurnedRound(Refusal):
    """The last day chosen is before the first one."""


@dataclass(frozen=True)
class Chosen:
    """What a copy is to hold. Without a choice: everything."""

    chapters: tuple[Chapter, ...] = tuple(Chapter)
    first_on: date | None = None
    last_on: date | None = None

    def __post_init__(self) -> None:
        if self.first_on and self.last_on and self.last_on < self.first_on:
            raise DaysTurnedRound

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out by choice."""
        return self == EVERYTHING

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """Return the instants between which an entry lies, the second one excluded, by the days of a zone."""
        return _midnight(self.first_on, zone), _midnight(self.last_on, zone, days=1)

    def stored(self) -> dict[str, Any] | None:
        """Return it as its row holds it; nothing for everything."""
        if self.is_everything:
            return None
        return {
            "chapters": [each.value for each in self.chapters],
            "first_on": self.first_on.isoformat() if self.first_on else None,
            "last_on": self.last_on.isoformat() if self.last_on else None,
        }

    @classmethod
    def of(cls, stored: dict[str, Any] | None) -> Self:
        """Return what a row holds."""
        if not stored:
            return cls()
        days = {name: date.fromisoformat(stored[name]) if stored[name] else None for name in ("first_on", "last_on")}
        return cls(tuple(each for each in Chapter if each.value in stored["chapters"]), **days)


def _midnight(on: date | None, zone: str, *, days: int = 0) -> datetime | None:
    return datetime.combine(on + timedelta(days), time(), ZoneInfo(zone)) if on else None


EVERYTHING = Chosen()


class Selection:
    """What of the register a copy is of: the tables, files and conversations of the chapters and days that were chosen."""

    def __init__(self, subject: Subject, chosen: Chosen, zone: str) -> None:
        self.subject, self.chosen, self.span = subject, chosen, chosen.span(zone)
        found = register().export(subject, chapters=chosen.chapters, span=self.span)
        said = _said_of_lines(subject)
        self.datasets = [replace(each, beside=said.get(each.name, {})) for each in found]

    def count(self) -> int:
        """Return how many rows the tables hold."""
        if self.chosen.is_everything:
            return register().count(self.subject)
        return sum(dataset.count() for dataset in self.datasets)

    def files(self) -> Iterator[tuple[str, BinaryIO]]:
        """Yield the files: (name, stream). Of chosen days, those beside what was said in these days."""
        others = self._files_of_other_days() if any(self.span) else set()
        for name, source in register().files(self.subject, chapters=self.chosen.chapters):
            if name in others:
                source.close()
            else:
                yield name, source

    def conversations(self) -> Iterator[Conversation]:
        """Yield the conversations, each with what was said in the days that were chosen."""
        for talk in register().conversations(self.subject, chapters=self.chosen.chapters):
            if not any(self.span):
                yield talk
            elif any(within(said.at, self.span) for said in talk.said()):
                yield replace(talk, said=partial(_said_within, talk, self.span))

    def _files_of_other_days(self) -> set[str]:
        talks = register().conversations(self.subject, chapters=self.chosen.chapters)
        return {name for talk in talks for said in talk.said() if not within(said.at, self.span) for name in said.files}


def _said_of_lines(subject: Subject) -> dict[str, dict[uuid.UUID, str]]:
    """Return what the subject says of what they dispute: by line of the register, then by record."""
    said: dict[str, dict[uuid.UUID, str]] = {}
    for (line, record_id), each in statements_of(subject).items():
        words = [_("%(what)s: %(field)s", what=stated.label, field=stated.body) for stated in each]
        said.setdefault(line, {})[record_id] = "\n".join(words)
    return said


def _said_within(talk: Conversation, span: Span) -> Iterator[Said]:
    return (said for said in talk.said() if within(said.at, span))
