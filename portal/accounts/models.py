"""Tables of people."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock
from portal.kit.db import Address, Base, Id, Name, Word, word_of
from portal.kit.sealed import Sealed

FACTOR_SECRET = Sealed(
    "accounts.factor", what="secrets of authenticator apps", context=lambda person_id: str(person_id).encode()
)


class Person(Base):
    """A User Account, always with a confirmed address (P03)."""

    __tablename__ = "person"

    id: Mapped[Id]
    name: Mapped[Name]
    email: Mapped[Address]
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    language: Mapped[str] = mapped_column(String(16), default="en")
    time_zone: Mapped[Word] = mapped_column(default="UTC")
    avatar_key: Mapped[str | None] = mapped_column(String(64))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    password_set_at: Mapped[datetime] = mapped_column(default=clock.now)
    password_verdict: Mapped[str | None] = mapped_column(String(64))
    """What the password was last found hard to guess by, as a keyed hash. It is judged anew once that has changed."""
    reset_requested_at: Mapped[datetime | None]
    """When the one live reset link was written; empty once it is used. A newer request kills the older link."""
    terms_version: Mapped[str] = mapped_column(String(16))
    terms_accepted_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    frozen_at: Mapped[datetime | None]
    """Set by "This wasn't me": sensitive changes wait until the password is chosen anew."""
    deactivated_at: Mapped[datetime | None]
    """Set when the person asks for deletion: nobody signs in any more."""
    disabled_at: Mapped[datetime | None]
    """Set when two seniors disable it for a breach of the Terms (`disabling`): its roles and data stay as they are."""
    wrong_passwords: Mapped[int] = mapped_column(default=0)
    """Wrong passwords in a row from browsers that are not known."""
    wrong_passwords_known: Mapped[int] = mapped_column(default=0)
    """Wrong passwords in a row from known browsers, and inside."""


class SignUp(Base):
    """A request for an account whose address is not confirmed yet. Purged when it never is."""

    __tablename__ = "sign_up"

    id: Mapped[Id]
    name: Mapped[Name]
    email: Mapped[Address]
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    language: Mapped[str] = mapped_column(String(16), default="en")
    time_zone: Mapped[Word] = mapped_column(default="UTC")
    password_hash: Mapped[str] = mapped_column(String(255))
    terms_version: Mapped[str] = mapped_column(String(16))
    terms_accepted_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class SignInSession(Base):
    """One signed-in browser. The cookie carries the secret, the row its hash; no address and no browser string."""

    __tablename__ = "sign_in_session"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[Word]
    """What it calls itself, coarsely: "Firefox on Windows"."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    """When it ends whatever happens; an idle one ends earlier unless it is remembered."""
    remembered: Mapped[bool] = mapped_column(default=False)
    fresh_until: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]


class SignInOutcome(StrEnum):
    """How trying to sign in ended."""

    SIGNED_IN = "signed_in"
    FAILED = "failed"
    FACTOR_REMOVED = "factor_removed"
    """Nobody tried: the second factor went, as was asked some days before, and every session ended."""


class SignInEvent(Base):
    """A line of sign-in history: one success, failures in a row counted together, or a lost factor that went."""

    __tablename__ = "sign_in_event"
    __table_args__ = (Index("ix_sign_in_event_person", "person_id", "last_at"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    outcome: Mapped[SignInOutcome] = mapped_column(word_of(SignInOutcome))
    device: Mapped[Word]
    session_id: Mapped[uuid.UUID | None]
    """The session that it opened, or in which it was tried; it may have ended."""
    first_visit_id: Mapped[uuid.UUID | None]
    last_visit_id: Mapped[uuid.UUID | None]
    """The visits by which it came: their addresses can be read for as long as the log of visits can."""
    count: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class EmailChangeState(StrEnum):
    """Where a change of address stands."""

    ASKED = "asked"
    """It waits for its new mailbox."""
    CONFIRMED = "confirmed"
    """By its new mailbox, and nobody has undone it."""
    ENDED = "ended"
    """It still waited when it was cancelled, or when what guards the account was changed."""
    VETOED = "vetoed"
    UNDONE = "undone"
    REPLACED = "replaced"


class EmailChange(Base):
    """A change of address: waiting for the new one, done (and undoable for a while), or ended."""

    __tablename__ = "email_change"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[Address]
    old_email_key: Mapped[str] = mapped_column(String(254), index=True)
    new_email: Mapped[Address]
    new_email_key: Mapped[str] = mapped_column(String(254), index=True)
    state: Mapped[EmailChangeState] = mapped_column(word_of(EmailChangeState))
    requested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None]

    @property
    def left_at(self) -> datetime:
        """Return when the old address was left. Raises ValueError while it is not."""
        if self.confirmed_at is None:
            raise ValueError("this change is not confirmed: the old address is the account's")
        return self.confirmed_at


class TotpFactor(Base):
    """A person's second factor (RFC 6238): the shared secret sealed, the last step used so that no code serves twice."""

    __tablename__ = "totp_factor"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(FACTOR_SECRET)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """One of the codes that stand in for the app of a lost phone: its hash, and when it was used; it is good once."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(String(255))
    """argon2id, with the salt that the codes made together share."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]


class FactorRemovalState(StrEnum):
    """Where the removal of a lost factor stands."""

    ASKED = "asked"
    """By whoever knows the password; it waits for the mailbox."""
    WAITING = "waiting"
    """The mailbox has confirmed it; it is told of, and can be stopped."""
    STOPPED = "stopped"
    ENDED = "ended"
    """It was still open when what guards the account was changed."""
    DONE = "done"


OPEN_REMOVAL = (FactorRemovalState.ASKED, FactorRemovalState.WAITING)


class FactorRemoval(Base):
    """The removal of a second factor whose phone and codes are lost: asked, waiting for its day, done, or stopped."""

    __tablename__ = "factor_removal"
    __table_args__ = (
        Index(
            "uq_factor_removal_open",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('asked', 'waiting')"),
            postgresql_where=text("state IN ('asked', 'waiting')"),
        ),
        Index("ix_factor_removal_due", "state", "due_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    state: Mapped[FactorRemovalState] = mapped_column(
        word_of(FactorRemovalState, length=16), default=FactorRemovalState.ASKED
    )
    requested_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    confirmed_at: Mapped[datetime | None]
    guards: Mapped[str] = mapped_column(String(64), default="")
    """What guarded the account when it was confirmed, as a hash: once that has changed, the factor does not go."""
    due_at: Mapped[datetime | None]
    """When the factor goes; a reminder that comes late puts it off."""
    reminded_at: Mapped[datetime | None]
    """When the reminder was written: without it the factor does not go."""
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was done, stopped or ended."""

    @property
    def goes_at(self) -> datetime:
        """Return when the factor goes. Raises ValueError while nobody has confirmed it."""
        if self.due_at is None:
            raise ValueError("this removal is not confirmed: it has no day")
        return self.due_at


class StaffRole(Base):
    """The one role of a member of staff, given by an operator."""

    __tablename__ = "staff_role"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[Word]
    granted_at: Mapped[datetime] = mapped_column(default=clock.now)
