"""An organisation that its Owners have left, on its way to a Member who asks for it."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Base, Id
from portal.kit.scopes import scoped_by


class Recovery(Base):
    """A Member asks to become an Owner beside those who have not come for long. Ended or done it goes: the log tells."""

    __tablename__ = "recovery"
    __table_args__ = (scoped_by("organisation_id", "person_id", "id"),)

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    """Who asks: once they are no Member any more, or their account changes, it ends."""
    requested_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(index=True)
    """When they become an Owner; a reminder that comes late puts it off."""
    reminders: Mapped[int] = mapped_column(default=0)
    """How many reminders are written: without all of them nobody becomes one."""
