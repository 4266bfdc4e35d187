"""How long rows are kept: for a period, until an instant of their own, with another row, or until they are erased."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement

from portal.kit import clock, periods
from portal.kit.i18n import _, _l

AT_ONCE = timedelta()

Sentence = Any
"""A translatable sentence, said in the reader's language when shown."""


@dataclass(frozen=True)
class RetainFor:
    """A period of the policy after the instant in column `since`, for the rows that `where` selects.

    `what` says which rows those are, where another rule says something else about the rest.
    """

    period: str
    since: str
    where: Callable[[], ColumnElement[bool]] | None = None
    what: Sentence = ""

    def ended(self, model: Any, *, grace: timedelta = AT_ONCE) -> ColumnElement[bool]:
        """Return the clause for rows whose time has been up for longer than `grace`."""
        clause: ColumnElement[bool] = getattr(model, self.since) < clock.now() - periods.period(self.period) - grace
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say the period."""
        length = periods.describe(periods.period(self.period))
        return _("%(what)s: %(length)s", what=self.what, length=length) if self.what else length


@dataclass(frozen=True)
class RetainUntil:
    """Until the instant that each row carries in column `at`; `words` say when that is."""

    at: str
    words: Sentence
    where: Callable[[], ColumnElement[bool]] | None = None

    def ended(self, model: Any, *, grace: timedelta = AT_ONCE) -> ColumnElement[bool]:
        """Return the clause for rows whose time has been up for longer than `grace`."""
        clause: ColumnElement[bool] = getattr(model, self.at) <= clock.now() - grace
        return clause & self.where() if self.where else clause

    def sentence(self) -> str:
        """Say when."""
        return str(self.words)


@dataclass(frozen=True)
class RetainWith:
    """As long as the row of another table that it hangs on by a cascading key; that table's own rule ends both."""

    model: Any
    words: Sentence

    def sentence(self) -> str:
        """Say so."""
        return str(self.words)


@dataclass(frozen=True)
class RetainUntilErased:
    """Without a date, until somebody erases it; `words` say who."""

    words: Sentence

    def sentence(self) -> str:
        """Say until when."""
        return str(self.words)


@dataclass(frozen=True)
class RetainWhile:
    """Without a date, as long as it is needed; `words` say for what."""

    words: Sentence

    def sentence(self) -> str:
        """Say for how long."""
        return str(self.words)


DatedRule = RetainFor | RetainUntil
Rule = RetainFor | RetainUntil | RetainWith | RetainWhile | RetainUntilErased

UNTIL_ERASED = RetainUntilErased(_l("Until you delete it"))
SAYS_NOTHING = RetainWhile(_l("As long as the portal runs; it says nothing about anyone"))
