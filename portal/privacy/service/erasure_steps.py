"""Carrying out the steps of a deletion that others take part in, and knowing of each whether it was confirmed (P41).

Nothing leaves before the time to undo is over, and nothing inside a transaction. Each step may be taken twice: a product
knows a call by its id, and a vendor that has erased something finds nothing the second time.
"""

import json
import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select

from portal.jobs import service as jobs
from portal.kit import audit, clock, outgoing
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes, release_connection
from portal.mail import service as mail
from portal.privacy.models import (
    SEALED_ADDRESSES,
    Deletion,
    DeletionState,
    ErasureStep,
    StepConfirmation,
    StepKind,
    StepState,
)
from portal.privacy.service import completions
from portal.privacy.service.erasure_plan import PlannedStep, plan
from portal.products import service as products
from portal.products.events import CallConfirmed

log = structlog.get_logger()
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
WAIT_FOR_TRIES = timedelta(hours=1)
"""How long the receipt waits for the first try of each step, so that it can tell what came of it."""


def begin(deletion: Deletion, *, emails: Collection[str]) -> None:
    """Write down the steps of a deletion that begins, and have its products and vendors called."""
    has_account = deletion.person_id is not None
    for place, planned in enumerate(plan(has_account=has_account, production_stays=bool(deletion.production_stays))):
        db.session.add(_begin(deletion, place, planned, emails))


def _begin(deletion: Deletion, place: int, planned: PlannedStep, emails: Collection[str]) -> ErasureStep:
    step = ErasureStep(
        id=uuid.uuid4(),
        deletion_id=deletion.id,
        place=place,
        kind=planned.kind,
        target=planned.target,
        by_hand=planned.by_hand,
        state=planned.state,
    )
    if planned.kind in (StepKind.PRODUCT, StepKind.PERSON) and planned.is_needed:
        production_stays = planned.kind is StepKind.PERSON
        step.call_id = products.tell_deleted(deletion.whom, product=planned.target, production_stays=production_stays)
    elif planned.kind is StepKind.VENDOR and planned.is_needed:
        step.sealed = SEALED_ADDRESSES.seal(json.dumps(sorted(emails)).encode(), of=step.id)
        if not planned.by_hand:
            jobs.enqueue("privacy.call_vendor", step_id=str(step.id))
    return step


def are_tried(deletion: Deletion) -> bool:
    """Tell whether everybody who is to be called was called once, or could not be for too long."""
    if deletion.started_at is None or clock.now() - deletion.started_at > WAIT_FOR_TRIES:
        return True
    waiting = [step for step in _of(deletion.id) if step.state is StepState.WAITING and not step.by_hand]
    return all(
        step.kind is StepKind.PORTAL or (products.was_tried(step.call_id) if step.call_id else step.tries > 0)
        for step in waiting
    )


def confirm_own(deletion: Deletion) -> None:
    """Note that everything of the portal was read back and found gone."""
    for step in _of(deletion.id):
        if step.kind is StepKind.PORTAL:
            _confirm(step, by=StepConfirmation.READ_BACK)


@before_writes
def call_vendor(step_id: uuid.UUID) -> Callable[[], None] | None:
    """Have a vendor erase what a step names; return what notes the outcome. Only reads, and holds no transaction."""
    step = db.session.get(ErasureStep, step_id)
    if step is None or step.state is not StepState.WAITING or step.sealed is None:
        return None
    addresses = json.loads(SEALED_ADDRESSES.open(step.sealed, of=step.id))
    release_connection()
    try:
        mail.erase_at_vendor(addresses)
    except (outgoing.CallFailed, outgoing.HostRefused) as error:
        log.warning("privacy.vendor_failed", step=str(step_id), error=str(error) or type(error).__name__)
        return lambda: _try_again(step_id)
    return lambda: _note(step_id, by=StepConfirmation.ANSWER)


def _try_again(step_id: uuid.UUID) -> None:
    step = db.lock(ErasureStep, step_id)
    if step is not None and step.state is StepState.WAITING:
        step.tries += 1
        wait = min(FIRST_WAIT * (1 << min(step.tries - 1, 12)), LONGEST_WAIT)
        jobs.enqueue("privacy.call_vendor", not_before=clock.now() + wait, step_id=str(step_id))


def note_confirmed(event: CallConfirmed) -> None:
    """Note that a product has confirmed its step."""
    step_id = db.session.scalar(select(ErasureStep.id).where(ErasureStep.call_id == event.call_id))
    if step_id is not None:
        _note(step_id, by=StepConfirmation(event.confirmed_by.value))


@for_staff(Role.PRIVACY)
def confirm_step(step_id: uuid.UUID, *, by: Staff, evidence: str) -> None:
    """Note that a member of staff knows a product or vendor to have done its step. Raises NotFound unless it waits.

    `evidence` says in a line how they know, without anything about a person; it is kept with the step, and shown to staff.
    """
    step = db.session.get(ErasureStep, step_id)
    if step is None or step.kind is StepKind.PORTAL or step.state is not StepState.WAITING:
        raise NotFound
    # The call first, then its deletion, then the step: as a product's own answer locks them.
    if step.call_id:
        products.confirm_by_hand(step.call_id)
    else:
        _note(step_id, by=StepConfirmation.STAFF)
    step = db.lock(ErasureStep, step_id)
    if step is None or step.confirmed_by is not StepConfirmation.STAFF:
        # Whoever was asked has said so at this very moment.
        return
    step.evidence = evidence[:200]
    audit.record("privacy.step_confirmed", by=by.person_id, step=step.id, kind=step.kind, target=step.target)


def _note(step_id: uuid.UUID, *, by: StepConfirmation) -> None:
    # The deletion first, as whoever finishes it does: the last confirmation and the receipt must know of each other.
    deletion_id = db.session.scalar(select(ErasureStep.deletion_id).where(ErasureStep.id == step_id))
    deletion = db.lock(Deletion, deletion_id)
    step = db.lock(ErasureStep, step_id)
    if deletion is None or step is None or step.state is not StepState.WAITING:
        return
    _confirm(step, by=by)
    db.session.flush()
    if deletion.state is DeletionState.DONE and not has_open(deletion.id):
        completions.complete(deletion, steps=_of(deletion.id))


def _confirm(step: ErasureStep, *, by: StepConfirmation) -> None:
    step.state, step.confirmed_at, step.confirmed_by, step.sealed = StepState.CONFIRMED, clock.now(), by, None


def has_open(deletion_id: uuid.UUID) -> bool:
    """Tell whether any step of a deletion waits to be confirmed."""
    return any(step.state is StepState.WAITING for step in _of(deletion_id))


def steps_of(deletion: Deletion) -> Sequence[ErasureStep]:
    """Return the steps of a deletion, in their order."""
    return _of(deletion.id)


def _of(deletion_id: uuid.UUID) -> Sequence[ErasureStep]:
    return db.session.scalars(
        select(ErasureStep).where(ErasureStep.deletion_id == deletion_id).order_by(ErasureStep.place)
    ).all()
