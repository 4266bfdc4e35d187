"""What of a copy somebody chose: chapters of what is held, and from which day to which."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from portal.kit.claims import Chapter
from portal.kit.refusals import Refusal


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
