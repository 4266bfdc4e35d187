"""Who acts: a person or a visitor, a member of staff in a role, or the portal itself."""

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar, final

from portal.kit import clock, i18n
from portal.kit.i18n import _l
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal

Args = ParamSpec("Args")
Result = TypeVar("Result")


class Role(StrEnum):
    """What a member of staff does for the company. Each person of the staff holds one."""

    SUPPORT = "support"
    SENIOR = "senior"
    PRIVACY = "privacy"
    RESEARCH = "research"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """What customers and colleagues call somebody in this role."""
        return str(ROLE_NAMES[self])


ROLE_NAMES = {
    Role.SUPPORT: _l("Support staff"),
    Role.SENIOR: _l("Senior staff"),
    Role.PRIVACY: _l("Privacy officer"),
    Role.RESEARCH: _l("Research staff"),
    Role.ADMIN: _l("Administrator"),
}


class OrganisationRole(StrEnum):
    """What somebody is in an organisation of customers. Each of its people is one of these there."""

    OWNER = "owner"
    BILLING = "billing"
    MEMBER = "member"

    @property
    def label(self) -> str:
        """What people call somebody in this role."""
        return str(ORGANISATION_ROLE_NAMES[self])


ORGANISATION_ROLE_NAMES = {
    OrganisationRole.OWNER: _l("Owner"),
    OrganisationRole.BILLING: _l("Billing Administrator"),
    OrganisationRole.MEMBER: _l("Member"),
}


@dataclass(frozen=True)
class Standing:
    """What somebody is in one organisation, and whether that asks its people for a second factor."""

    organisation_id: uuid.UUID
    organisation: str
    """The organisation's name."""
    role: OrganisationRole
    asks_second_factor: bool = False
    is_disabled: bool = False
    """Whether an Owner has disabled it: every right of it rests."""


def roles_from(words: Iterable[str]) -> frozenset[Role]:
    """Return the roles that stored words name; a word that is no role gives no right."""
    known = set(words)
    return frozenset(role for role in Role if role.value in known)


class FactorNotGiven(Refusal):
    """The second factor was not given in this session, or the person has none any more."""


class ProofTooOld(Refusal):
    """The last proof of identity is too long ago."""


@dataclass(frozen=True)
class Actor:
    """The person of a request with roles and freshness; nobody in particular when not signed in."""

    person_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    name: str = ""
    email: str = ""
    language: str = i18n.DEFAULT
    time_zone: str = "UTC"
    avatar_key: str | None = None
    disabled_at: datetime | None = None
    """Since when the account is disabled for a breach of the Terms: it opens the pages of one's rights, and no others."""
    roles: frozenset[Role] = field(default_factory=frozenset)
    fresh_until: datetime | None = None
    has_second_factor: bool = False
    second_factor_at: datetime | None = None
    places: tuple[Standing, ...] = ()
    """The first 50 of the person's places in organisations, also those that are disabled."""
    standing: Standing | None = None
    """What the person is in the organisation that the address of this request names; None where there is no such role."""

    @property
    def is_signed_in(self) -> bool:
        """True for a person, False for a visitor."""
        return self.person_id is not None

    @property
    def organisations(self) -> tuple[Standing, ...]:
        """The organisations of the first 50 places in which the person may act, for the menu."""
        return tuple(each for each in self.places if not each.is_disabled)

    @property
    def is_fresh(self) -> bool:
        """True while the person's last proof of identity is recent (DESIGN, step-up)."""
        if self.fresh_until is None:
            return False
        # A proof that would hold for longer was given while a clock was ahead.
        return clock.now() < self.fresh_until <= clock.latest() + period("fresh")

    @property
    def initials(self) -> str:
        """One or two letters that stand in for a missing avatar."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"

    def require_id(self) -> uuid.UUID:
        """Return the person's id. Raises NotFound for a visitor."""
        if self.person_id is None:
            raise NotFound
        return self.person_id


NOBODY = Actor()


@final
@dataclass(frozen=True)
class Staff:
    """A member of staff at work, in the role that let them in. Only `admit` makes one; a customer's verb takes none."""

    person_id: uuid.UUID
    role: Role
    gate: InitVar[object]

    def __post_init__(self, gate: object) -> None:
        if gate is not _GATE:
            raise TypeError("only the gate makes a member of staff of somebody")


_GATE = object()


def admit(actor: Actor, *, roles: Collection[Role]) -> Staff:
    """Return the actor as a member of staff in one of `roles` (v5.0.0-6.3.3, 8.4.2).

    Raises NotFound without such a role, FactorNotGiven without a second factor in this session, ProofTooOld when the last
    proof of identity is not fresh.
    """
    held = [role for role in Role if role in roles and role in actor.roles]
    if not held:
        raise NotFound
    if actor.second_factor_at is None or not actor.has_second_factor:
        raise FactorNotGiven
    if not actor.is_fresh:
        raise ProofTooOld
    return Staff(actor.require_id(), held[0], _GATE)


@dataclass(frozen=True)
class System:
    """Nobody in person: a job, a command or a tool of the portal's own, by its name.

    With a `role` it does the work of staff: it writes no more than they may (P09).
    """

    name: str
    role: Role | None = None


Acting = Actor | Staff | System
"""Whoever a unit of work is opened by."""


def for_staff(*roles: Role) -> Callable[[Callable[Args, Result]], Callable[Args, Result]]:
    """Declare a verb whose `by` is staff in one of `roles`: a second wall, behind the gate of whoever calls it (8.4.2).

    The verb then raises TypeError when `by` is anybody but Staff, and NotFound for another role.
    """

    def declare(verb: Callable[Args, Result]) -> Callable[Args, Result]:
        @wraps(verb)
        def guarded(*args: Args.args, **kwargs: Args.kwargs) -> Result:
            by = kwargs.get("by")
            if not isinstance(by, Staff):
                raise TypeError(f"{verb.__name__} is for staff who have passed the gate")
            if by.role not in roles:
                raise NotFound
            return verb(*args, **kwargs)

        return guarded

    return declare
