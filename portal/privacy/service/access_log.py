"""Looking: what is held, what happened to it, and who from staff has read it."""

from collections.abc import Iterable

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit import paging
from portal.kit.actor import Actor
from portal.kit.audit import AuditEntry
from portal.kit.claims import RegisterRow, register
from portal.kit.staff_reads import StaffRead, StaffReadSubject


def held_for(actor: Actor) -> list[tuple[RegisterRow, int | None]]:
    """Return each line of the register with the number of rows about the actor, what one knows best first.

    A number beyond `MOST_COUNTED` says only that there are more, None that they were not counted.
    """
    return register().held(accounts.subject_for(actor))[::-1]


def undisclosed() -> list[tuple[RegisterRow, str]]:
    """Return the lines of the register of which nobody is told whether they hold something, each with the reason."""
    return register().undisclosed()


def past_for(actor: Actor, *, events: Iterable[str], after: str | None) -> paging.Page[AuditEntry]:
    """Return a page of what the actor did, newest first. Raises NotFound for a word not ours."""
    mine = select(AuditEntry).where(AuditEntry.subject_id == actor.person_id, AuditEntry.event.in_(list(events)))
    return paging.paginate(mine, at=AuditEntry.at, key=AuditEntry.id, after=after)


def staff_reads_for(actor: Actor, *, after: str | None) -> paging.Page[StaffRead]:
    """Return a page of the times that staff read data about the actor, newest first (P36). Raises NotFound likewise."""
    about_me = select(StaffReadSubject.read_id).where(StaffReadSubject.subject_id == actor.person_id)
    return paging.paginate(
        select(StaffRead).where(StaffRead.id.in_(about_me)), at=StaffRead.at, key=StaffRead.id, after=after
    )
