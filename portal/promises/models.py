"""The last result of each check."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.checks import Outcome
from portal.kit.db import Base, Word

DETAIL_MAX = 300


class CheckResult(Base):
    """What a check saw when it last looked."""

    __tablename__ = "check_result"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    promise: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[Word]
    detail: Mapped[str] = mapped_column(String(DETAIL_MAX))
    checked_at: Mapped[datetime] = mapped_column(default=clock.now)
    since_at: Mapped[datetime] = mapped_column(default=clock.now)
    """Since when the result has been what it is."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.outcome != Outcome.FAILED
