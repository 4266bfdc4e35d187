"""Facts about people that higher areas act upon."""

import uuid
from dataclasses import dataclass

from portal.kit.events import Event


@dataclass(frozen=True)
class AccountFrozen(Event):
    """Somebody said "this wasn't me" (P10): every session has ended, sensitive changes wait, our team should look."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class AccountTakenBack(Event):
    """The owner of a closed account says that it was not them: a deletion that was asked for must be forgotten."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class AccountCloses(Event):
    """An account is about to close. Whoever knows why it must not yet raises `ClosingRefused`: nothing has happened then.

    Told before the person is locked, so that whatever its handlers lock is locked first, as their own verbs do it.
    """

    person_id: uuid.UUID


@dataclass(frozen=True)
class PendingEnded(Event):
    """What guards an account has changed: whatever is prepared for whoever acted on it so far ends."""

    person_id: uuid.UUID


@dataclass(frozen=True)
class AccountDisabled(Event):
    """An account was disabled for a breach of the Terms: it acts for nobody else, and what it offered to others ends.

    What its person asked for themselves goes on: their copies, requests and deletions.
    """

    person_id: uuid.UUID


@dataclass(frozen=True)
class AddressChanged(Event):
    """An account has a new address, confirmed by its mailbox; or, `is_undo`, its old one back from somebody else's."""

    person_id: uuid.UUID
    old_email: str
    new_email: str
    is_undo: bool = False


@dataclass(frozen=True)
class ProfileCorrected(Event):
    """Somebody has corrected what their account says of them."""

    person_id: uuid.UUID
