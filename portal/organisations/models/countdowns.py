"""What waits for its day, and what everybody is reminded of before it."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock


class Countdown:
    """Something that is carried out on a day, unless it is ended before."""

    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When it is carried out; a reminder that comes late puts it off."""
    reminders: Mapped[int] = mapped_column(default=0)
    """How many reminders are written: without all of them it is not carried out."""
