"""Steps of deletions that wait for others, for the privacy officer who asks there and says what came of it."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from portal.kit import staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.privacy.models import SEALED_ADDRESSES, Deletion, ErasureStep, StepKind, StepState
from portal.privacy.service.erasure_plan import name_of

MOST_LISTED = 200


@dataclass(frozen=True)
class OpenStep:
    """A step that waits: of which deletion, at whom, since when. It names nobody."""

    id: uuid.UUID
    number: str
    whom: str
    by_hand: bool
    since: datetime | None
    tries: int
    named_at: datetime | None
    """When its person was told that it is late."""


@dataclass(frozen=True)
class StepToDo:
    """A step with what the officer must name there: the addresses that a vendor is to erase."""

    step: OpenStep
    emails: Sequence[str]


@for_staff(Role.PRIVACY)
def list_open_steps(*, by: Staff) -> list[OpenStep]:
    """Return the steps that wait for others, the longest first."""
    return [_said(row) for row in db.session.execute(_waiting().order_by(Deletion.started_at).limit(MOST_LISTED))]


@for_staff(Role.PRIVACY)
@before_writes
def read_step(step_id: uuid.UUID, *, by: Staff) -> StepToDo:
    """Return a step that waits, with the addresses in it; the read is on record before. Raises NotFound."""
    row = db.session.execute(_waiting().where(ErasureStep.id == step_id)).one_or_none()
    if row is None:
        raise NotFound
    sealed, subjects = row.ErasureStep.sealed, [row.person_id] if row.person_id else []
    found = StepToDo(_said(row), json.loads(SEALED_ADDRESSES.open(sealed, of=step_id)) if sealed else [])
    staff_reads.record(ErasureStep, by=by, subjects=subjects, basis=Basis.REQUEST, basis_id=step_id)
    return found


def _waiting() -> Select[*tuple[Any, ...]]:
    steps = select(ErasureStep, Deletion.number, Deletion.started_at, Deletion.person_id)
    steps = steps.join(Deletion, Deletion.id == ErasureStep.deletion_id)
    return steps.where(ErasureStep.state == StepState.WAITING, ErasureStep.kind != StepKind.PORTAL)


def _said(row: Row[Any]) -> OpenStep:
    step: ErasureStep = row.ErasureStep
    whom = name_of(step.kind, target=step.target)
    return OpenStep(step.id, row.number, whom, step.by_hand, row.started_at, step.tries, step.named_at)
