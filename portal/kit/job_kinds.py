"""Kinds of background work. Areas declare them, `portal.jobs` runs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from portal.kit.actor import Role
from portal.kit.running import App, Installed

Handler = Callable[..., Callable[[], None] | None]

TRIES = 8
"""How often a job is tried unless its kind says otherwise: about twenty minutes."""


@dataclass(frozen=True)
class JobKind:
    """A background verb, `area.verb`: its handler, how often it is tried, and when it runs unasked.

    A plain handler is one transaction with the job's end. A slow one (network, long reading) holds no write lock; it
    returns what to do in the closing transaction, or None. `schedule` is five cron fields, UTC. `is_sweep` says that it
    carries out what a period of the policy has made due: `portal sweep` runs it too. One with a `role` works
    for staff, and writes no more than they may in that role; a unit of theirs enqueues what `staff_may_order` alone (P09).
    """

    name: str
    handler: Handler
    tries: int = TRIES
    slow: bool = False
    schedule: str | None = None
    is_sweep: bool = False
    role: Role | None = None
    staff_may_order: bool = False

    def next_run(self, after: datetime) -> datetime:
        """Return when the schedule is due next. Raises ValueError for a kind without one, or one that does not parse."""
        if self.schedule is None:
            raise ValueError(f"{self.name} has no schedule")
        # Here: whoever serves pages follows none.
        from croniter import croniter

        return cast("datetime", croniter(self.schedule, after).get_next(datetime))


def job(
    name: str,
    *,
    tries: int = TRIES,
    slow: bool = False,
    schedule: str | None = None,
    is_sweep: bool = False,
    role: Role | None = None,
    staff_may_order: bool = False,
) -> Callable[[Handler], JobKind]:
    """Make a kind of the decorated handler."""
    return lambda handler: JobKind(name, handler, tries, slow, schedule, is_sweep, role, staff_may_order)


_KINDS = Installed[Mapping[str, JobKind]]("job_kinds")


def init_app(app: App, kinds: Sequence[JobKind]) -> None:
    """Hand every kind to those who enqueue and run. Raises RuntimeError when two bear one name."""
    by_name = {kind.name: kind for kind in kinds}
    if len(by_name) != len(kinds):
        raise RuntimeError("two kinds of jobs bear one name")
    _KINDS.install(app, by_name)


def job_kinds() -> Mapping[str, JobKind]:
    """Return every kind of the running app, by name."""
    return _KINDS.get()
