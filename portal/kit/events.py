"""Typed facts: how a lower area lets a higher one act without knowing it. Each `Area` names what it acts upon."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kit.running import App, Installed


@dataclass(frozen=True)
class Event:
    """A fact of the past. Areas define their own below their models."""


Handler = Callable[[Any], None]
_WIRING = Installed[Mapping[type[Event], Sequence[Handler]]]("events")


def init_app(app: App, wirings: Iterable[Mapping[type[Event], Sequence[Handler]]]) -> None:
    """Wire events to their handlers, in the order in which they are given."""
    handlers: defaultdict[type[Event], list[Handler]] = defaultdict(list)
    for wiring in wirings:
        for event, more in wiring.items():
            handlers[event] += more
    _WIRING.install(app, dict(handlers))


def publish(event: Event) -> None:
    """Call every handler of this event, in the caller's transaction: if one raises, nothing has happened."""
    for handler in _WIRING.get().get(type(event), ()):
        handler(event)
