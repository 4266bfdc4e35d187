"""What stands in the database of a story: emails before they leave, and how an account stands."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select, update

from portal.accounts.models import (
    OPEN_REMOVAL,
    EmailChange,
    EmailChangeState,
    FactorRemoval,
    Person,
    RecoveryCode,
    SignInSession,
    TotpFactor,
)
from portal.jobs.models import Job
from portal.kit.db import db
from portal.kit.job_kinds import job_kinds
from portal.kit.unit import unit_of_work
from portal.mail.models import Email as StoredEmail
from portal.organisations.models import Dissolution, HandOver, Invitation, JoinRequest, Recovery
from portal.privacy.models import Deletion, DeletionState, Export, LeavingPack, StandingOrder
from tests.takeover.story import Email

_LINK = re.compile(r"https?://[^\s<>\"]+")


def emails_to(mailbox: str) -> list[Email]:
    """Run what is to be done in the background, and return the emails to a mailbox, oldest first.

    None of them leaves: an email is blanked once it has.
    """
    while _run_jobs():
        pass
    with unit_of_work(write=False):
        rows = db.session.execute(
            select(StoredEmail.kind, StoredEmail.text).where(StoredEmail.to_key == mailbox).order_by(StoredEmail.created_at)
        ).all()
    return [Email(kind, tuple(urlsplit(url).path for url in _LINK.findall(text))) for kind, text in rows]


def _run_jobs() -> int:
    """Run what waits, without the worker's leases; return how many jobs there were."""
    with unit_of_work(write=False):
        waiting = db.session.execute(select(Job.kind, Job.payload).where(Job.kind != "mail.deliver")).all()
    if not waiting:
        return 0
    with unit_of_work():
        db.session.execute(delete(Job))
        for kind, payload in waiting:
            if not job_kinds()[kind].slow:
                job_kinds()[kind].handler(**payload)
    for kind, payload in waiting:
        if job_kinds()[kind].slow:
            with unit_of_work(write=False):
                finish = job_kinds()[kind].handler(**payload)
            if finish:
                with unit_of_work():
                    finish()
    return len(waiting)


def unspend_codes() -> None:
    """Let the code of this half minute be good once more: as if the last one was given half a minute ago."""
    with unit_of_work():
        db.session.execute(update(TotpFactor).values(last_step=0))


def look(person_id: uuid.UUID, *, since: datetime) -> dict[str, Any]:
    """Return how an account stands, and how many factors and recovery codes it has from `since` on. One statement."""

    def count(model: Any, *clauses: Any) -> Any:
        return select(func.count()).select_from(model).where(model.person_id == person_id, *clauses).scalar_subquery()

    columns = {
        "email": Person.email,
        "password": Person.password_set_at,
        "frozen": Person.frozen_at.is_not(None),
        "closed": Person.deactivated_at.is_not(None),
        "factors": count(TotpFactor, TotpFactor.created_at >= since),
        "codes": count(RecoveryCode, RecoveryCode.created_at >= since),
        "sessions": count(SignInSession),
        "changes": count(EmailChange, EmailChange.state == EmailChangeState.ASKED),
        "removals": count(FactorRemoval, FactorRemoval.state.in_(OPEN_REMOVAL)),
        "copies": count(Export),
        "orders": count(StandingOrder),
        "invitations": select(func.count()).where(Invitation.invited_by == person_id).scalar_subquery(),
        "dissolutions": select(func.count()).where(Dissolution.requested_by == person_id).scalar_subquery(),
        "recoveries": count(Recovery),
        "hand_overs": select(func.count()).where(HandOver.offered_by == person_id).scalar_subquery(),
        "join_requests": count(JoinRequest),
        "packs": select(func.count()).where(LeavingPack.requested_by == person_id).scalar_subquery(),
        "deletions": count(Deletion, Deletion.state != DeletionState.UNDONE),
    }
    with unit_of_work(write=False):
        row = db.session.execute(select(*(each.label(name) for name, each in columns.items())).where(Person.id == person_id))
        return dict(row.mappings().one())
