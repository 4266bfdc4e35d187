"""Checks: how a promise is looked at. Areas write them, `portal.promises` runs and shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kit.running import App, Installed


@dataclass(frozen=True)
class Finding:
    """What a check saw: whether the promise holds, and the evidence in one short line without personal data."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """One look at one promise. `what` is a translatable sentence; `run` reads, changes nothing and may raise."""

    promise: str
    name: str
    what: Any
    run: Callable[[], Finding]


def passed(detail: str = "") -> Finding:
    """Say that the promise holds."""
    return Finding(True, detail)


def failed(detail: str) -> Finding:
    """Say that the promise is broken, and by what."""
    return Finding(False, detail)


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
