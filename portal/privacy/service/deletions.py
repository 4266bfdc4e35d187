"""Deleting an account: told beforehand, undone for a while, then carried out in pieces and read back (P28)."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, select

from portal.accounts import service as accounts
from portal.accounts.events import AccountTakenBack
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, clock, events, signing, tokens
from portal.kit.actor import Actor
from portal.kit.claims import MOST_COUNTED, Blocker, Effect, RegisterRow, Subject, register
from portal.kit.db import db, leaves_traces
from portal.kit.i18n import in_language
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, Refusal
from portal.kit.unit import current_unit
from portal.mail.service import Recipient
from portal.privacy import mail
from portal.privacy.events import DataErased, ErasureBegun
from portal.privacy.models import SEALED_FACTS, Deletion, DeletionState, Right
from portal.privacy.service import completions, erasure_steps, receipts, step_lines, sweeps
from portal.privacy.service.closing_pages import Undoable
from portal.privacy.service.erasure_plan import PlannedStep, plan
from portal.privacy.service.requests import at_once

log = structlog.get_logger()
AT_ONCE = 100
BATCH = 150
"""Rows of one piece."""
WAIT = timedelta(seconds=20)
"""How long the last piece waits for those who are still to be called for the first time."""


class DeletionBlocked(Refusal):
    """Something must be handed over before the account can go; the page lists what."""


class ErasureIncomplete(Exception):
    """Read back after an erasure, something was still there. It names tables, never data; the unit is tried again."""


@dataclass(frozen=True)
class Outlook:
    """What a deletion would do, told before it is asked for."""

    blockers: list[Blocker]
    goes: list[tuple[RegisterRow, int | None]]
    blanked: list[tuple[RegisterRow, int | None]]
    """What stays for somebody else, without what is the actor's in it."""
    consequences: list[str]
    retained: list[RegisterRow]
    stays_besides: list[str]
    leaves_traces: bool
    most: int
    """Beyond this many rows of a line are not counted."""
    due_at: datetime
    steps: list[PlannedStep]
    """Everybody who takes part, or why one does not."""


def outlook_for(actor: Actor) -> Outlook:
    """Tell what a deletion would take, what it would leave and why, and what stands in its way."""
    subject = accounts.subject_for(actor)
    held = [(row, rows) for row, rows in register().held(subject) if rows != 0]
    return Outlook(
        blockers=register().blockers(subject),
        goes=[(row, rows) for row, rows in held if row.effect is Effect.DELETED],
        blanked=[(row, rows) for row, rows in held if row.effect is Effect.BLANKED],
        consequences=register().consequences(subject),
        retained=register().retains(subject),
        stays_besides=register().stays_besides(subject),
        leaves_traces=leaves_traces(),
        most=MOST_COUNTED,
        due_at=clock.now() + period("deletion_undo"),
        # As the gate has seen it, by the statement that says who acts.
        steps=plan(production_stays=bool(actor.places)),
    )


def request_deletion(actor: Actor) -> datetime:
    """Close the account at once and delete it after the time to undo; return when. Raises DeletionBlocked."""
    return close(accounts.person_for(actor))


def close(person: Person) -> datetime:
    """Close an account, as its person asks or has ordered; return when it is deleted.

    Raises DeletionBlocked, also for what came in its way at this very moment.
    """
    subject = accounts.subject_of(person)
    if register().blockers(subject):
        raise DeletionBlocked
    try:
        person = accounts.deactivate(person.id, by=person.id)
    except accounts.ClosingRefused:
        raise DeletionBlocked from None
    if open_already := db.session.scalar(_open_of(person.id)):
        return open_already.due_at
    requested_at = person.deactivated_at or clock.now()
    deletion = Deletion(
        id=uuid.uuid4(),
        person_id=person.id,
        number=tokens.reference(),
        # As it is now: whoever closes an account is often taken out of the organisation soon after.
        production_stays=register().production_stays(subject),
        requested_at=requested_at,
        due_at=requested_at + period("deletion_undo"),
    )
    db.session.add(deletion)
    audit.record("privacy.deletion_requested", subject_id=person.id, by=person.id)
    at_once.note_used(person.id, right=Right.DELETION)
    # Also to an address that may still take its account back: whoever changed it must not be able to delete it unseen.
    for address in accounts.addresses_of(person):
        mail.deletion_begun(
            person, to=address, due_at=deletion.due_at, token=accounts.undo_deletion_token(person, to=address)
        )
    return deletion.due_at


def undoable(token: str) -> Undoable:
    """Return until when the deletion that an undo link names can be undone. Raises LinkDead (nothing is changed)."""
    deletion = _undoable(token)
    return Undoable(deletion.due_at, accounts.get_person(deletion.whom).time_zone)


def undo(token: str) -> None:
    """Open the account again and forget the deletion. Raises LinkDead: undone already, carried out, or not ours."""
    mail.deletion_undone(_keep_account(_undoable(token)))


def take_back(event: AccountTakenBack) -> None:
    """Forget a deletion that waits: the owner of the account says that somebody else asked for it."""
    deletion = db.session.scalar(_waiting_of(event.person_id))
    if deletion is not None:
        _keep_account(deletion)


def _keep_account(deletion: Deletion) -> Person:
    deletion.state, deletion.ended_at = DeletionState.UNDONE, clock.now()
    person = accounts.reactivate(deletion.whom)
    audit.record("privacy.deletion_undone", subject_id=person.id, by=person.id)
    return person


def begin_due() -> int:
    """Begin every deletion whose time to undo is over, and take up those whose job was given up; return how many began.

    One in whose way something stands all the same waits, and `/promises` shows that it is late.
    """
    due = select(Deletion).where(Deletion.state == DeletionState.WAITING, Deletion.due_at <= clock.now())
    begun = db.session.scalars(due.order_by(Deletion.due_at).limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    began = sum(_begin(deletion) for deletion in begun)
    for deletion in db.session.scalars(select(Deletion).where(Deletion.state == DeletionState.RUNNING)):
        if deletion.job_id is None or jobs.find_progress(deletion.job_id) is None:
            _go_on(deletion)
    return began


def erasable_lines(deletion_id: uuid.UUID) -> list[str]:
    """Return the lines of the register in which a deletion has something to do: to look takes longer than a piece may."""
    deletion = db.session.scalar(_running(deletion_id))
    return register().erasable(_unseal(deletion)[0]) if deletion else []


def erase_some(deletion_id: uuid.UUID, *, lines: Sequence[str] = (), files: str = "") -> None:
    """Erase one batch in `lines`, and ask for the next; without any, verify, forget whom it was about and send the receipt.

    After the last of these lines all are looked at once more. `files` are those of the piece before: whoever was killed
    before they went has them gone now. Each piece is one transaction with its job's end: killed at any moment, it goes on
    from there. Raises ErasureIncomplete when data is still there at the end: nothing is called done, and it is tried again.
    """
    deletion = db.session.scalar(_running(deletion_id).with_for_update())
    if deletion is None:
        return
    sweeps.remove_files(files)
    subject, recipient = _unseal(deletion)
    if lines:
        gone = register().erase(subject, batch=BATCH, lines=lines)
        deletion.gone = _added(deletion.gone, register().disclosed(gone))
        is_full = sum(gone.values()) >= BATCH
        _go_on(deletion, lines=lines[lines.index([*gone][-1]) :] if is_full else ())
    elif not erasure_steps.are_tried(deletion):
        _go_on(deletion, after=WAIT)
    else:
        _finish(deletion, subject, recipient)


def _finish(deletion: Deletion, subject: Subject, recipient: Recipient) -> None:
    with in_language(recipient.language):
        retained, besides = register().retained(subject), register().stays_besides(subject)
    deletion.gone = _added(deletion.gone, register().disclosed(register().erase_anchor(subject)))
    if left := register().residue(subject):
        log.error("privacy.erasure_incomplete", deletion=str(deletion.id), left=left)
        raise ErasureIncomplete(", ".join(left))
    audit.record("privacy.person_erased", subject_id=subject.person_id, rows=sum(deletion.gone.values()))
    erasure_steps.confirm_own(deletion)
    with in_language(recipient.language):
        steps = step_lines.lines(erasure_steps.steps_of(deletion))
        deletion.receipt = receipts.freeze(deletion, retained=retained, stays_besides=besides, steps=steps)
    deletion.signature = signing.sign(signing.RECEIPTS, deletion.receipt).line
    receipt = receipts.read(deletion.receipt)
    deletion.state, deletion.ended_at, deletion.gone = DeletionState.DONE, receipt.verified_at, {}
    deletion.person_id = deletion.job_id = None
    deletion.sealed = None if receipt.is_complete else completions.seal_recipient(deletion, recipient=recipient)
    mail.deletion_receipt(receipt, token=receipts.link_to(deletion), to=recipient)
    events.publish(DataErased(deletion.id))
    jobs.enqueue("privacy.remove_files", files=" ".join(current_unit().files))
    jobs.enqueue("privacy.purge_free_space")


def begin_for_address(email: str, *, language: str) -> uuid.UUID:
    """Begin to delete what is held of somebody without an account, whose address is proven; return the deletion's id.

    It can't be undone: there is no account that could be closed meanwhile.
    """
    deletion = Deletion(id=uuid.uuid4(), number=tokens.reference(), requested_at=clock.now(), due_at=clock.now())
    db.session.add(deletion)
    _run(deletion, Subject.of(emails=[email]), Recipient(email, language))
    return deletion.id


def _begin(deletion: Deletion) -> bool:
    person = accounts.get_person(deletion.whom)
    # Old addresses stand in rows that go early; whose data it is must be known until the last piece.
    subject = accounts.subject_of(person)
    if register().blockers(subject):
        log.error("privacy.deletion_blocked", deletion=str(deletion.id))
        return False
    _run(deletion, subject, Recipient(person.email, person.language, person.time_zone))
    return True


def _run(deletion: Deletion, subject: Subject, recipient: Recipient) -> None:
    known = {
        "addresses": sorted(subject.email_keys),
        "former": sorted([each.key, each.until.isoformat()] for each in subject.former_emails),
        "recipient": {"email": recipient.email, "language": recipient.language, "zone": recipient.zone},
    }
    deletion.sealed = SEALED_FACTS.seal(json.dumps(known).encode(), of=deletion.id)
    deletion.state, deletion.started_at = DeletionState.RUNNING, clock.now()
    audit.record("privacy.deletion_begun", subject_id=subject.person_id)
    events.publish(ErasureBegun(subject))
    emails = {recipient.email, *subject.email_keys, *(each.key for each in subject.former_emails)}
    erasure_steps.begin(deletion, emails=emails)
    _go_on(deletion)


def _go_on(deletion: Deletion, *, lines: Sequence[str] = (), after: timedelta = timedelta()) -> None:
    # Without the subject's id: the jobs of the subject are erased too.
    due, of, files = clock.now() + after, str(deletion.id), " ".join(current_unit().files)
    deletion.job_id = jobs.enqueue("privacy.erase", not_before=due, deletion_id=of, start=" ".join(lines), files=files)


def _running(deletion_id: uuid.UUID) -> Select[Deletion]:
    return select(Deletion).where(Deletion.id == deletion_id, Deletion.state == DeletionState.RUNNING)


def _unseal(deletion: Deletion) -> tuple[Subject, Recipient]:
    known = json.loads(SEALED_FACTS.open(deletion.sealed or b"", of=deletion.id))
    former = [(key, datetime.fromisoformat(until)) for key, until in known.get("former", ())]
    subject = Subject.of(deletion.person_id, emails=known["addresses"], former=former)
    return subject, Recipient(**known["recipient"])


def _added(before: dict[str, Any], more: dict[str, int]) -> dict[str, Any]:
    return {table: before.get(table, 0) + more.get(table, 0) for table in {**before, **more}}


def _open_of(person_id: uuid.UUID) -> Select[Deletion]:
    return select(Deletion).where(
        Deletion.person_id == person_id, Deletion.state.in_((DeletionState.WAITING, DeletionState.RUNNING))
    )


def _undoable(token: str) -> Deletion:
    deletion = db.session.scalar(_waiting_of(accounts.person_of_closing_link(token).id))
    if deletion is None:
        raise LinkDead
    return deletion


def _waiting_of(person_id: uuid.UUID) -> Select[Deletion]:
    waiting = _open_of(person_id).where(Deletion.state == DeletionState.WAITING, Deletion.due_at > clock.now())
    return waiting.with_for_update()
