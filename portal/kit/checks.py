"""Checks: how a promise is looked at. Areas write them, `portal.promises` runs and shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.kit.running import App, Installed


class Outcome(StrEnum):
    """How a check ended. What nobody uses yet is neither kept nor broken."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING_YET = "nothing_yet"


@dataclass(frozen=True)
class Finding:
    """What a check saw: whether the promise holds, and the evidence in one short line without personal data."""

    outcome: Outcome
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome is not Outcome.FAILED


@dataclass(frozen=True)
class Check:
    """One look at one promise. `what` is a translatable sentence; `run` reads, changes nothing and may raise."""

    promise: str
    name: str
    what: Any
    run: Callable[[], Finding]


def passed(detail: str = "") -> Finding:
    """Say that the promise holds."""
    return Finding(Outcome.PASSED, detail)


def failed(detail: str) -> Finding:
    """Say that the promise is broken, and by what."""
    return Finding(Outcome.FAILED, detail)


def nothing_yet(detail: str) -> Finding:
    """Say that there is nothing to check yet, and what is lacking: nobody may call such a promise kept."""
    return Finding(Outcome.NOTHING_YET, detail)


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
