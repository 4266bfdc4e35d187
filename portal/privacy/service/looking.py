"""Looking: what is held, what happened to it, and who from staff has read it."""

from collections.abc import Iterable

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit import paging
from portal.kit.actor import Actor
from portal.kit.audit import AuditEntry
from portal.kit.claims import RegisterRow, register

STAFF_READS = ("support.ticket_read", "support.file_read")
"""Every way in which staff may see a person's data, as the audit trail calls it."""


def held_for(actor: Actor) -> list[tuple[RegisterRow, int]]:
    """Return each line of the register with the number of rows about the actor, what one knows best first."""
    return register().held(accounts.subject_of(accounts.person_for(actor)))[::-1]


def past_for(actor: Actor, *, events: Iterable[str], after: str | None) -> "paging.Slice[AuditEntry]":
    """Return a page of what the actor did, newest first. Raises NotFound for a word not ours."""
    return _entries(actor, events, after)


def staff_reads_for(actor: Actor, *, after: str | None) -> "paging.Slice[AuditEntry]":
    """Return a page of the times that staff read data about the actor, newest first (P36). Raises NotFound likewise."""
    return _entries(actor, STAFF_READS, after)


def _entries(actor: Actor, events: Iterable[str], after: str | None) -> "paging.Slice[AuditEntry]":
    mine = select(AuditEntry).where(AuditEntry.subject_id == actor.person_id, AuditEntry.event.in_(list(events)))
    return paging.read(mine, at=AuditEntry.at, key=AuditEntry.id, after=after)
