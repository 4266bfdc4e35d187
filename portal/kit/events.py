"""Typed facts: how a lower area lets a higher one act without knowing it. Wired in app.py only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app


@dataclass(frozen=True)
class Event:
    """A fact of the past. Areas define their own below their models."""


Wiring = Mapping[type[Event], Sequence[Callable[[Any], None]]]


def init_app(app: Flask, wiring: Wiring) -> None:
    """Wire events to their handlers."""
    app.extensions["portal.events"] = dict(wiring)


def tell(event: Event) -> None:
    """Call every handler of this event, in the caller's transaction: if one raises, nothing has happened."""
    for handler in current_app.extensions["portal.events"].get(type(event), ()):
        handler(event)
