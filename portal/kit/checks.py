"""Checks: how a promise is looked at. Areas write them, `portal.promises` runs and shows them.

What a check saw is kept as codes and values, never as words: the check has a sentence for each of its codes, and says
it in the language of whoever reads.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from inspect import signature
from typing import Any

from portal.kit.i18n import _
from portal.kit.running import App, Installed

Sentence = Callable[..., Any]
"""Makes the sentence of one code; its parameters are named as the values."""
MOST = 20
"""Items of a list that a statement keeps: a fault that is everywhere is as clear from the first ones."""


class Outcome(StrEnum):
    """How a check ended. What nobody uses yet is neither kept nor broken."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING_YET = "nothing_yet"


@dataclass(frozen=True)
class Statement:
    """One thing that a check saw: a code, and the values of its sentence, as JSON holds them and without personal data."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What a check saw: whether the promise holds, and the evidence."""

    outcome: Outcome
    statements: tuple[Statement, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome is not Outcome.FAILED


@dataclass(frozen=True)
class Check:
    """One look at one promise. `what` is a translatable sentence; `run` reads, changes nothing and may raise.

    `says` has the sentence of every code that `run` may state.
    """

    promise: str
    name: str
    what: Any
    run: Callable[[], Finding]
    says: Mapping[str, Sentence] = field(default_factory=dict)

    def say(self, statements: Sequence[Statement]) -> list[str]:
        """Return the sentences of what was stated. What another version of the portal has stated may have none."""
        return [sentence for each in statements if (sentence := self._say(each))]

    def _say(self, statement: Statement) -> str | None:
        sentence = self.says.get(statement.code) or _OF_EVERY_CHECK.get(statement.code)
        if sentence is None or signature(sentence).parameters.keys() != statement.values.keys():
            return None
        return str(sentence(**statement.values))


CRASHED = "crashed"
_OF_EVERY_CHECK: Mapping[str, Sentence] = {
    CRASHED: lambda error: _("The check itself failed (%(error)s).", error=error),
}


def state(code: str, **values: Any) -> Statement:
    """Make a statement; of a long list it holds the beginning."""
    return Statement(code, {name: _short(value) for name, value in values.items()})


def _short(value: Any) -> Any:
    return [*value[:MOST], "…"] if isinstance(value, list) and len(value) > MOST else value


def passed(code: str, **values: Any) -> Finding:
    """Say that the promise holds, and what was seen."""
    return Finding(Outcome.PASSED, (state(code, **values),))


def failed(code: str, **values: Any) -> Finding:
    """Say that the promise is broken, and by what."""
    return Finding(Outcome.FAILED, (state(code, **values),))


def failed_by(faults: Sequence[Statement]) -> Finding:
    """Say that the promise is broken, by several things at once."""
    return Finding(Outcome.FAILED, tuple(faults))


def nothing_yet(code: str, **values: Any) -> Finding:
    """Say that there is nothing to check yet, and what is lacking: nobody may call such a promise kept."""
    return Finding(Outcome.NOTHING_YET, (state(code, **values),))


_CHECKS = Installed[tuple[Check, ...]]("checks")


def init_app(app: App, checks: Sequence[Check]) -> None:
    """Hand every check to the area that runs them. Raises RuntimeError when two bear one name."""
    names = [check.name for check in checks]
    if len(set(names)) != len(names):
        raise RuntimeError("two checks bear one name")
    _CHECKS.install(app, tuple(checks))


def checks() -> tuple[Check, ...]:
    """Return every check of the running app."""
    return _CHECKS.get()
