"""The last result of each check."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.checks import Outcome, Statement
from portal.kit.db import Base, word_of


class CheckResult(Base):
    """What a check saw when it last looked."""

    __tablename__ = "check_result"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    promise: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[Outcome] = mapped_column(word_of(Outcome))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """What it stated, each `{"code": …, "values": {…}}`: the check makes the sentences."""
    checked_at: Mapped[datetime] = mapped_column(default=clock.now)
    since_at: Mapped[datetime] = mapped_column(default=clock.now)
    """Since when the result has been what it is."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome != Outcome.FAILED

    @property
    def statements(self) -> list[Statement]:
        """What it stated."""
        return [Statement(each["code"], each["values"]) for each in self.findings]
