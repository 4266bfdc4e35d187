"""Checks: how a promise is looked at. Areas write them, `portal.promises` runs and shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app


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


def kept(detail: str = "") -> Finding:
    """Say that the promise holds."""
    return Finding(True, detail)


def broken(detail: str) -> Finding:
    """Say that the promise is broken, and by what."""
    return Finding(False, detail)


def init_app(app: Flask, checks: Sequence[Check]) -> None:
    """Hand every check to the area that runs them. Raises RuntimeError when two bear one name."""
    names = [check.name for check in checks]
    if len(set(names)) != len(names):
        raise RuntimeError("two checks bear one name")
    app.extensions["portal.checks"] = tuple(checks)


def checks() -> tuple[Check, ...]:
    """Return every check of the running app."""
    return cast("tuple[Check, ...]", current_app.extensions["portal.checks"])
