"""The table of accounts that were disabled, or were proposed to be."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id, word_of
from portal.kit.i18n import _l

REASON_MAX, APPEAL_MAX = 1000, 4000
_OPEN = "state IN ('proposed', 'in_force')"


class Rule(StrEnum):
    """Which rule of the Terms was broken: the list of their part about use."""

    LAW = "law"
    INTRUSION = "intrusion"
    DISRUPTION = "disruption"
    SPAM = "spam"
    RESALE = "resale"

    @property
    def label(self) -> str:
        """What the person reads."""
        return str(RULES[self])


RULES = {
    Rule.LAW: _l("Breaking the law or the rights of others with our services"),
    Rule.INTRUSION: _l("Getting into other people’s accounts or data"),
    Rule.DISRUPTION: _l("Disrupting the services, for example by flooding them with requests"),
    Rule.SPAM: _l("Sending spam or harmful software"),
    Rule.RESALE: _l("Renting or reselling the services without our written consent"),
}


class DisablingState(StrEnum):
    """Where it stands."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    IN_FORCE = "in_force"
    LIFTED = "lifted"

    @property
    def label(self) -> str:
        """What staff read."""
        return str(STATES[self])


STATES = {
    DisablingState.PROPOSED: _l("Proposed"),
    DisablingState.DECLINED: _l("Declined"),
    DisablingState.IN_FORCE: _l("In force"),
    DisablingState.LIFTED: _l("Lifted"),
}


class Disabling(Base):
    """One senior proposed to disable an account, another decided; its person may appeal once, and any senior may lift it."""

    __tablename__ = "disabling"
    __table_args__ = (
        Index(
            "uq_disabling_open", "person_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)
        ),
    )  # fmt: skip

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[DisablingState] = mapped_column(
        word_of(DisablingState, length=16), default=DisablingState.PROPOSED, index=True
    )
    rule: Mapped[Rule] = mapped_column(word_of(Rule, length=16))
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    """What happened, for its person to read."""
    proposed_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str | None] = mapped_column(String(APPEAL_MAX))
    appealed_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(REASON_MAX))
    """What was answered to the appeal, or why it was lifted without one."""
    answered_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was declined or lifted."""
