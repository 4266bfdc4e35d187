"""What comes after a receipt: the second document once the last step is confirmed, and word of a step that is late (P41)."""

import json
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from sqlalchemy import func, select

from portal.kit import clock, signing
from portal.kit.db import db
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.mail.service import Recipient
from portal.organisations.events import ProductsLate
from portal.privacy import mail
from portal.privacy.models import SEALED_FACTS, Deletion, ErasureStep, StepState
from portal.privacy.service import receipts, step_lines
from portal.privacy.service.officers import officers

AT_ONCE = 100


def seal_recipient(deletion: Deletion, *, recipient: Recipient) -> bytes:
    """Return what a deletion keeps until its last step is confirmed: where the second receipt goes."""
    known = {"email": recipient.email, "language": recipient.language, "zone": recipient.zone}
    return SEALED_FACTS.seal(json.dumps({"recipient": known}).encode(), of=deletion.id)


def _recipient_of(deletion: Deletion) -> Recipient | None:
    if deletion.sealed is None:
        return None
    return Recipient(**json.loads(SEALED_FACTS.open(deletion.sealed, of=deletion.id))["recipient"])


def complete(deletion: Deletion, *, steps: Sequence[ErasureStep]) -> None:
    """Freeze and send the second receipt of a deletion whose last step was just confirmed, and forget where it goes."""
    recipient = _recipient_of(deletion)
    with in_language(recipient.language if recipient else "en"):
        deletion.complement = receipts.freeze_complement(deletion, steps=step_lines.lines(steps))
    deletion.complement_signature = signing.sign(signing.RECEIPTS, deletion.complement).line
    deletion.sealed = None
    if recipient:
        receipt = receipts.read(deletion.receipt or b"", complement=deletion.complement)
        mail.deletion_complete(receipt, token=receipts.link_to(deletion), to=recipient)


def name_late_steps() -> int:
    """Tell each person, and the privacy officer, which steps of deletions wait for too long; return how many. Once each."""
    late = (
        select(ErasureStep)
        .join(Deletion, Deletion.id == ErasureStep.deletion_id)
        .where(ErasureStep.state == StepState.WAITING, ErasureStep.named_at.is_(None))
        .where(Deletion.started_at <= clock.now() - period("step_confirmation"))
        .order_by(ErasureStep.deletion_id, ErasureStep.place)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=ErasureStep)
    )
    found = db.session.scalars(late).all()
    for deletion_id, steps in groupby(found, key=lambda step: step.deletion_id):
        deletion = db.session.get(Deletion, deletion_id)
        if deletion is not None:
            _name(deletion, list(steps))
    return len(found)


def _name(deletion: Deletion, steps: Sequence[ErasureStep]) -> None:
    for step in steps:
        step.named_at = clock.now()
    if recipient := _recipient_of(deletion):
        with in_language(recipient.language):
            lines = step_lines.lines(steps)
        mail.steps_late(lines, number=deletion.number, to=recipient)
    for officer in officers():
        with in_language(officer.language):
            lines = step_lines.lines(steps)
        mail.steps_late_officer(lines, number=deletion.number, to=officer)


def name_late_products(event: ProductsLate) -> None:
    """Tell the privacy officer which products are late with a dissolved organisation, and nothing about whose it was."""
    for officer in officers():
        mail.products_late_officer(event.products, to=officer)


def count_unnamed(*, grace: timedelta) -> int:
    """Return how many steps are late, and nobody was told within `grace`."""
    since = clock.now() - period("step_confirmation") - grace
    late = (
        select(func.count())
        .select_from(ErasureStep)
        .join(Deletion, Deletion.id == ErasureStep.deletion_id)
        .where(ErasureStep.state == StepState.WAITING, ErasureStep.named_at.is_(None), Deletion.started_at < since)
    )
    return db.session.scalar(late) or 0
