"""Typed facts: how a lower area lets a higher one act without knowing it. Wired in app.py only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kit.running import App, Installed


@dataclass(frozen=True)
class Event:
    """A fact of the past. Areas define their own below their models."""


Wiring = Mapping[type[Event], Sequence[Callable[[Any], None]]]
_WIRING = Installed[Wiring]("events")


def init_app(app: App, wiring: Wiring) -> None:
    """Wire events to their handlers."""
    _WIRING.install(app, dict(wiring))


def publish(event: Event) -> None:
    """Call every handler of this event, in the caller's transaction: if one raises, nothing has happened."""
    for handler in _WIRING.get().get(type(event), ()):
        handler(event)
