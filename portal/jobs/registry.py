"""Which background verbs exist, and which of them run on a schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from croniter import croniter

Handler = Callable[..., Callable[[], None] | None]


@dataclass(frozen=True)
class Kind:
    """A background verb: its handler, how often it is tried, and whether it works outside a write transaction."""

    name: str
    handler: Handler
    tries: int
    slow: bool


TRIES = 8
"""How often a job is tried unless it says otherwise: about twenty minutes."""

KINDS: dict[str, Kind] = {}
SCHEDULES: dict[str, str] = {}


def job(name: str, *, tries: int = TRIES, slow: bool = False) -> Callable[[Handler], Handler]:
    """Register `area.verb`. A plain handler is one transaction with the job's end.

    A slow one (network, long reading) holds no write lock; it returns what to do in the closing transaction, or None.
    """

    def register(handler: Handler) -> Handler:
        if name in KINDS:
            raise RuntimeError(f"job {name} is registered twice")
        KINDS[name] = Kind(name, handler, tries, slow)
        return handler

    return register


def every(cron: str, name: str) -> None:
    """Run the job `name` on a schedule: five cron fields, UTC. Raises ValueError when they do not parse."""
    if not croniter.is_valid(cron):
        raise ValueError("not a cron line")
    SCHEDULES[name] = cron


def payload_is_plain(payload: dict[str, Any]) -> bool:
    """Tell whether a payload holds plain values only: ids, never objects."""
    return all(value is None or isinstance(value, str | int | float | bool) for value in payload.values())
