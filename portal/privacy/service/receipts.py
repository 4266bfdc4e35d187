"""Receipts of deletions: what went, what stays and until when. They hold no personal data and outlive it (P28, P29).

A receipt is a document that is frozen when the deletion is done: canonical JSON (RFC 8785), so that it can be signed.
Whatever the register says later, it says what it said.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import rfc8785

from portal.kit import clock, i18n, tokens
from portal.kit.claims import Effect, RegisterRow, register
from portal.kit.db import db, leaves_traces
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.privacy.models import Deletion, DeletionState
from portal.privacy.service.step_lines import StepLine, line_from

PURPOSE = tokens.LinkPurpose("deletion_receipt")
LASTING = (tokens.lasting(PURPOSE, life="audit"),)
"""What outlives a secret: the page of a receipt."""
FORM: Mapping[str, Any] = {"type": "deletion_receipt", "version": 2}
"""What a document says of its own form. Those of version 1 know no steps."""
COMPLEMENT: Mapping[str, Any] = {"type": "deletion_complement", "version": 1}


@dataclass(frozen=True)
class Line:
    """One kind of data, in the language of the receipt: how many rows, and why and how long what stays is kept."""

    line: str
    """Its name in the register."""
    what: str
    rows: int
    why: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Receipt:
    """The proof of one deletion, as its document says it."""

    number: str
    language: str
    """The code of the language that its lines are written in."""
    requested_at: datetime
    verified_at: datetime
    backups_gone_at: datetime
    deleted: list[Line]
    blanked: list[Line]
    """What stays for somebody else, with what was blanked in it as `why`."""
    retained: list[Line]
    stays_besides: list[str]
    leaves_traces: bool
    steps: list[StepLine] = field(default_factory=list)
    """Each step with its confirmation, as the newest document of the deletion tells it."""
    is_signed: bool = False
    """Whether there is a file by which anybody can check it."""

    @property
    def is_complete(self) -> bool:
        """Whether everybody has confirmed (P41)."""
        return not any(step.is_open for step in self.steps)

    @property
    def days_total(self) -> int:
        """For how many days backups hold the data."""
        return (self.backups_gone_at - self.verified_at).days

    @property
    def days_left(self) -> int:
        """For how many more days; 0 once they are gone."""
        return max(0, self.days_total - (clock.now() - self.verified_at).days)


def link_to(deletion: Deletion) -> str:
    """Return the token of the receipt's page."""
    return tokens.sign(PURPOSE, str(deletion.id))


def receipt_by_token(token: str) -> Receipt:
    """Return the receipt that an email's link names. Raises LinkDead when it is forged or past its time."""
    deletion = _done(token)
    receipt = read(deletion.receipt or b"", complement=deletion.complement)
    return replace(receipt, is_signed=deletion.signature is not None)


def file_by_token(token: str) -> tuple[str, bytes]:
    """Return name and content of the file by which anybody can check that receipt: a document's line, its signature's.

    The second receipt follows in two more lines, once there is one.
    Raises LinkDead as `receipt_by_token` does, and for a receipt from before there were signatures.
    """
    deletion = _done(token)
    if deletion.receipt is None or deletion.signature is None:
        raise LinkDead
    lines = [deletion.receipt, deletion.signature]
    if deletion.complement is not None and deletion.complement_signature is not None:
        lines += [deletion.complement, deletion.complement_signature]
    return f"deletion-receipt-{deletion.number}.jsonl", b"".join(line + b"\n" for line in lines)


def _done(token: str) -> Deletion:
    (deletion_id,) = tokens.read(PURPOSE, token, max_age=period("audit"))
    deletion = db.session.get(Deletion, uuid.UUID(deletion_id))
    if deletion is None or deletion.state != DeletionState.DONE or deletion.receipt is None:
        raise LinkDead
    return deletion


def freeze(
    deletion: Deletion,
    *,
    retained: Sequence[tuple[RegisterRow, int]],
    stays_besides: Sequence[str],
    steps: Sequence[StepLine],
) -> bytes:
    """Return the document of a deletion that was just verified, in the language that is spoken now."""
    verified_at = clock.now()
    rows = {row.name: row for row in register().rows()}
    gone = [_line(name, count, rows) for name, count in sorted(deletion.gone.items())]
    blanked = {name for name, row in rows.items() if row.effect is Effect.BLANKED}
    return rfc8785.dumps(
        {
            **FORM,
            "number": deletion.number,
            "language": i18n.tag(),
            "requested_at": deletion.requested_at.isoformat(),
            "verified_at": verified_at.isoformat(),
            "backups_gone_at": (verified_at + period("backups")).isoformat(),
            "deleted": [each for each in gone if each["line"] not in blanked],
            "blanked": [each | {"why": rows[each["line"]].on_erasure} for each in gone if each["line"] in blanked],
            "retained": [
                {"line": row.name, "what": row.what, "rows": count, "why": row.on_erasure, "kept": row.kept}
                for row, count in retained
            ],
            "stays_besides": list(stays_besides),
            "leaves_traces": leaves_traces(),
            "steps": [step.as_json() for step in steps],
        }
    )


def freeze_complement(deletion: Deletion, *, steps: Sequence[StepLine]) -> bytes:
    """Return the second document of a deletion, whose last step was just confirmed."""
    said = {"number": deletion.number, "language": i18n.tag(), "completed_at": clock.now().isoformat()}
    return rfc8785.dumps({**COMPLEMENT, **said, "steps": [step.as_json() for step in steps]})


def _line(name: str, count: int, rows: Mapping[str, RegisterRow]) -> dict[str, Any]:
    # A table that got another name while the deletion was running is still told of.
    return {"line": name, "what": rows[name].what if name in rows else name, "rows": count}


def read(document: bytes, *, complement: bytes | None = None) -> Receipt:
    """Return what a document says, and the second one about its steps."""
    said = json.loads(document)
    steps = json.loads(complement)["steps"] if complement else said.get("steps", [])
    return Receipt(
        number=said["number"],
        language=said["language"].replace("-", "_"),
        requested_at=datetime.fromisoformat(said["requested_at"]),
        verified_at=datetime.fromisoformat(said["verified_at"]),
        backups_gone_at=datetime.fromisoformat(said["backups_gone_at"]),
        deleted=[Line(**each) for each in said["deleted"]],
        blanked=[Line(**each) for each in said["blanked"]],
        retained=[Line(**each) for each in said["retained"]],
        stays_besides=said["stays_besides"],
        leaves_traces=said["leaves_traces"],
        steps=[line_from(each) for each in steps],
    )
