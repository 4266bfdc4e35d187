"""Receipts of deletions: what went, what stays and until when. They hold no personal data and outlive it (P28, P29)."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from portal.kit import clock, tokens
from portal.kit.claims import register
from portal.kit.db import db, leaves_traces
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.privacy.models import DONE, Deletion

PURPOSE = tokens.LinkPurpose("deletion_receipt")
LASTING = (tokens.lasting(PURPOSE, life="audit"),)
"""What outlives a secret: the page of a receipt."""


@dataclass(frozen=True)
class Line:
    """One kind of data, in the reader's language: how many rows, and for what is kept, why and how long."""

    what: str
    rows: int
    why: str = ""
    kept: str = ""


@dataclass(frozen=True)
class Receipt:
    """The proof of one deletion."""

    number: str
    requested_at: datetime
    verified_at: datetime
    backups_gone_at: datetime
    gone: list[Line]
    stays: list[Line]
    leaves_traces: bool

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
    (deletion_id,) = tokens.read(PURPOSE, token, max_age=period("audit"))
    deletion = db.session.get(Deletion, uuid.UUID(deletion_id))
    if deletion is None or deletion.state != DONE:
        raise LinkDead
    return receipt_of(deletion)


def receipt_of(deletion: Deletion) -> Receipt:
    """Return the receipt of a deletion that is done, in the language that is spoken now."""
    verified_at = deletion.ended_at or clock.now()
    lines = {row.name: row for row in register().rows()}
    return Receipt(
        number=deletion.number,
        requested_at=deletion.requested_at,
        verified_at=verified_at,
        backups_gone_at=verified_at + period("backups"),
        gone=[Line(lines[table].what, rows) for table, rows in deletion.gone.items() if table in lines],
        stays=[
            Line(lines[table].what, rows, lines[table].on_erasure, lines[table].kept)
            for table, rows in deletion.stays.items()
            if table in lines
        ],
        leaves_traces=leaves_traces(),
    )
