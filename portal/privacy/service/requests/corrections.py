"""Correcting single fields of records: proposed within a request, decided together and once, written exactly so (P26).

What a field says before is read from its record each time. It is written only while it still says what it said when the
correction was proposed, and only for a request that may be carried out.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import inspect, select

from portal.accounts import service as accounts
from portal.kit import characters, clock, keys
from portal.kit.claims import Holding, Subject, register
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.privacy.models import REASONS, Correction, CorrectionDecision, Outcome, Reason, Request, Right
from portal.privacy.models.rights import ANSWERABLE
from portal.privacy.service.requests import execution, rows
from portal.privacy.service.statements import statements_of

MOST = 20
"""How many corrections one request may hold."""
DECLINES = REASONS[Outcome.PARTLY]
"""Why one may be declined."""
_KEY = "privacy.correction"


class NothingToCorrect(Refusal):
    """The field says this already, or would say nothing."""


class ValueTooLong(Refusal):
    """The field takes `most` characters."""


class TooManyCorrections(Refusal):
    """One request holds at most so many corrections."""


class ChangedSince(Refusal):
    """A field says something else by now than when its correction was proposed; `label` names it."""


class ProposedMeanwhile(Refusal):
    """Another correction was proposed since the page was opened, or one was decided."""


class ReasonMissing(Refusal):
    """Whatever is not corrected takes a reason."""


class CorrectionsPending(Refusal):
    """A request whose corrections wait is closed by deciding them."""


@dataclass(frozen=True)
class Proposal:
    """What one field of one record should say."""

    line: str
    record_id: uuid.UUID
    field: str
    after: str


@dataclass(frozen=True)
class Proposed:
    """A correction as it is shown. `before` is what the field says now; None once the record is gone."""

    id: uuid.UUID
    line: str
    area: str
    record_id: uuid.UUID
    field: str
    what: str
    label: str
    before: str | None
    after: str
    is_steady: bool
    """Whether the field still says what it said when this was proposed."""
    decision: CorrectionDecision | None
    reason: Reason | None
    statement: str = ""
    """What the person says of the field, as it is shown to staff."""


def line_of(name: str) -> Holding | None:
    """Return a line of the register with fields that can be corrected, by its name."""
    return next((each for each in register().lines() if each.name == name and each.correctable), None)


def subject_of(request: Request) -> Subject:
    """Return whose data a proven request is about. Raises NotFound for an account that is gone."""
    if request.subject_id:
        return accounts.subject_of(accounts.get_person(request.subject_id))
    return Subject.of(emails=[request.email or ""])


def propose(request: Request, *, subject: Subject, wanted: Proposal, by: uuid.UUID | None) -> None:
    """Stage a correction within a locked request; of one field the newest stands.

    Raises NotFound for what is not the subject's or can't be corrected, RequestMovedOn, NothingToCorrect, ValueTooLong,
    TooManyCorrections.
    """
    line = line_of(wanted.line)
    before = line.read_locked(subject, wanted.record_id, column=wanted.field) if line else None
    if line is None or before is None or request.kind is not Right.CORRECTION:
        raise NotFound
    if request.verified_at is None or request.state not in ANSWERABLE:
        raise rows.RequestMovedOn
    _check(line, wanted, before)
    pending = waiting(request)
    found = next((each for each in pending if _place(each) == (wanted.line, wanted.record_id, wanted.field)), None)
    if found is None and len(pending) >= MOST:
        raise TooManyCorrections(most=MOST)
    correction = found or Correction(
        id=uuid.uuid4(), request_id=request.id, line=wanted.line, record_id=wanted.record_id, field=wanted.field
    )
    correction.before_hash, correction.after = _hash(wanted.record_id, wanted.field, before), wanted.after
    correction.proposed_at = clock.now()
    db.session.add(correction)
    _note("privacy.correction_proposed", request, correction, by)


def _check(line: Holding, wanted: Proposal, before: str) -> None:
    if characters.shows_nothing(wanted.after) or wanted.after == before:
        raise NothingToCorrect
    stored = inspect(line.table.model).local_table.columns[wanted.field]
    if len(wanted.after) > stored.type.length:
        raise ValueTooLong(most=stored.type.length)


def waiting(request: Request) -> Sequence[Correction]:
    """Return the corrections of a request that nobody has decided, the oldest first."""
    undecided = select(Correction).where(Correction.request_id == request.id, Correction.decision.is_(None))
    return db.session.scalars(undecided.order_by(Correction.proposed_at, Correction.id)).all()


def mark_of(corrections: Sequence[Correction | Proposed]) -> str:
    """Return what stands for some corrections as they were seen: which they are, and what each should say."""
    seen = sorted(f"{each.id} {each.after}" for each in corrections if each.decision is None)
    return keys.mac(keys.derive(keys.secret_keys()[0], _KEY), "\n".join(seen))


def shown(request: Request, *, with_values: bool = True) -> list[Proposed]:
    """Return the corrections of a request; what the fields say now only where that is asked for."""
    mine = select(Correction).where(Correction.request_id == request.id).order_by(Correction.proposed_at, Correction.id)
    corrections = db.session.scalars(mine).all()
    if not with_values or not corrections:
        return [_shown(each, None) for each in corrections]
    now, said = _values(request, corrections), _statements(request)
    return [replace(_shown(each, now.get(_place(each))), statement=said.get(_place(each), "")) for each in corrections]


def shown_one(correction: Correction) -> Proposed:
    """Return one correction as it is shown, without what its field says now."""
    return _shown(correction, None)


def _statements(request: Request) -> dict[tuple[str, uuid.UUID, str], str]:
    try:
        found = statements_of(subject_of(request))
    except NotFound:
        return {}
    return {(line, record_id, each.field): each.body for (line, record_id), said in found.items() for each in said}


def _shown(each: Correction, before: str | None) -> Proposed:
    line = line_of(each.line)
    return Proposed(
        each.id,
        each.line,
        line.claim.area if line else "",
        each.record_id,
        each.field,
        what=line.what if line else each.line,
        label=str(line.columns[each.field].label) if line else each.field,
        before=before,
        after=each.after,
        is_steady=before is not None and _is_steady(each, before),
        decision=each.decision,
        reason=each.reason,
    )


def _values(request: Request, corrections: Sequence[Correction]) -> dict[tuple[str, uuid.UUID, str], str]:
    """Return what the fields say now, by one statement for each line of the register."""
    try:
        subject = subject_of(request)
    except NotFound:
        return {}
    found: dict[tuple[str, uuid.UUID, str], str] = {}
    for line in filter(None, map(line_of, {each.line for each in corrections})):
        wanted = [each for each in corrections if each.line == line.name]
        for record_id, values in line.read_several(subject, [each.record_id for each in wanted]).items():
            found |= {(line.name, record_id, name): value for name, value in values.items()}
    return found


def decide(
    request: Request, *, applied: Collection[uuid.UUID], seen: str, reason: Reason | None, answer: str, by: uuid.UUID
) -> None:
    """Decide all corrections of a locked request, write those that are `applied`, and close it with its outcome.

    Raises NotExecutable, ProposedMeanwhile when they are not those that were seen, ReasonMissing, and ChangedSince, with
    which nothing is written.
    """
    execution.check_executable(request)
    pending = waiting(request)
    if not pending or seen != mark_of(pending) or not {*applied} <= {each.id for each in pending}:
        raise ProposedMeanwhile
    made = [each for each in pending if each.id in applied]
    declined = [each for each in pending if each.id not in applied]
    if declined and reason not in DECLINES:
        raise ReasonMissing
    subject = subject_of(request)
    for each in made:
        _write(each, subject)
        _decided(each, CorrectionDecision.APPLIED, None)
        _note("privacy.correction_applied", request, each, by)
    for each in declined:
        _decided(each, CorrectionDecision.DECLINED, reason)
        _note("privacy.correction_declined", request, each, by)
    request.executed_at = clock.now() if made else None
    outcome = (Outcome.PARTLY if made else Outcome.REFUSED) if declined else Outcome.DONE
    why = reason if declined and reason else Reason.AS_ASKED
    rows.end(request, outcome=outcome, reason=why, by=by, answer=answer)


def _write(correction: Correction, subject: Subject) -> None:
    line = line_of(correction.line)
    before = line.read_locked(subject, correction.record_id, column=correction.field) if line else None
    if line is None or before is None or not _is_steady(correction, before):
        raise ChangedSince(label=_shown(correction, before).label)
    if not line.correct(subject, correction.record_id, column=correction.field, value=correction.after):
        raise ChangedSince(label=_shown(correction, before).label)


def _decided(correction: Correction, decision: CorrectionDecision, reason: Reason | None) -> None:
    correction.decision, correction.reason, correction.decided_at = decision, reason, clock.now()


def _note(event: str, request: Request, correction: Correction, by: uuid.UUID | None) -> None:
    rows.record(event, request=request, by=by, correction=correction.id)


def _place(each: Correction) -> tuple[str, uuid.UUID, str]:
    return each.line, each.record_id, each.field


def _hash(record_id: uuid.UUID, field: str, value: str, secret: str | None = None) -> str:
    return keys.mac(keys.derive(secret or keys.secret_keys()[0], _KEY), f"{record_id} {field} {value}")


def _is_steady(correction: Correction, value: str) -> bool:
    hashes = [_hash(correction.record_id, correction.field, value, secret) for secret in keys.secret_keys()]
    return correction.before_hash in hashes
