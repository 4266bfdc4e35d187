"""The loader of actors: who holds a session's secret, by one statement that is built once and made of parts."""

import uuid
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import bindparam, exists, select

from portal.accounts.models import Person, SignInSession, StaffRole, TotpFactor
from portal.accounts.service import sessions
from portal.kit.actor import Actor, roles_from
from portal.kit.actor_parts import NAMED_ORGANISATION, Part, many_valued
from portal.kit.db import read_apart
from portal.kit.tokens import hash_secret
from portal.kit.unit import in_passing

BASE = (
    Part("person_id", Person.id),
    Part("session_id", SignInSession.id),
    Part("name", Person.name),
    Part("email", Person.email),
    Part("language", Person.language),
    Part("time_zone", Person.time_zone),
    Part("avatar_key", Person.avatar_key),
    Part("disabled_at", Person.disabled_at),
    Part("fresh_until", SignInSession.fresh_until),
    Part("second_factor_at", SignInSession.second_factor_at),
)
"""The row of the session and its person."""
FACTOR = Part("has_second_factor", exists().where(TotpFactor.person_id == Person.id).correlate(Person), bool)
ROLES = many_valued(
    "roles",
    select(StaffRole.role).where(StaffRole.person_id == Person.id).correlate(Person),
    read=lambda rows: roles_from(role for (role,) in rows),
)


class ActorLoader:
    """Finds who holds a session's secret. Raises ValueError, when made, for parts that do not fit the actor."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = (*BASE, *parts)
        names = [part.field for part in self._parts]
        if len(set(names)) < len(names) or not set(names) <= {each.name for each in fields(Actor)}:
            raise ValueError("each part fills a field of the actor of its own")
        columns: list[Any] = [SignInSession.seen_at, *(part.column.label(part.field) for part in self._parts)]
        self.statement = (
            select(*columns)
            .join(Person, Person.id == SignInSession.person_id)
            .where(
                SignInSession.secret_hash == bindparam("secret_hash"),
                Person.deactivated_at.is_(None),
                *sessions.ALIVE,
            )
        )

    def __call__(self, secret: str, organisation_id: uuid.UUID | None = None) -> Actor | None:
        """Return who holds a session's secret, or None when it has ended. One statement, apart from any unit.

        `organisation_id` is of the organisation that the address names, for the parts that ask what somebody is there.
        A gate asks this before the request's own unit begins, so that a POST still takes its write lock first.
        """
        bound = sessions.alive_now()
        row = read_apart(self.statement, {"secret_hash": hash_secret(secret), NAMED_ORGANISATION: organisation_id, **bound})
        if row is None:
            return None
        actor = Actor(**{part.field: part.read(row[at]) for at, part in enumerate(self._parts, start=1)})
        if row.seen_at < bound["now"] - sessions.TOUCH_EVERY and actor.session_id:
            session_id = actor.session_id
            in_passing(lambda: sessions.touch(session_id))
        return actor
