"""Sessions: one signed-in browser each. The cookie carries a secret, the row its hash (v5.0.0-7.2.3)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select, update

from portal.accounts.models import Person, SignInSession
from portal.accounts.service.entries import Entry, entry_of
from portal.accounts.service.pending import end_pending
from portal.kit import audit, clock
from portal.kit.actor import Actor
from portal.kit.actor_parts import NOW
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import NotFound
from portal.kit.tokens import hash_secret, new_secret
from portal.kit.unit import rows

MOST_SESSIONS = 60
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """An open session: the secret for the cookie, whether the cookie outlives the browser, advice about what opened it.

    `mark` is what makes the browser known from now on, where the proof was one that does.
    """

    secret: str
    remembered: bool
    password_is_weak: bool = False
    mark: str = ""
    recovery_codes_left: int | None = None
    """How many recovery codes are left, when one was used."""


@dataclass(frozen=True)
class SessionView:
    """One session as its owner sees it."""

    id: uuid.UUID
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    remembered: bool
    is_this: bool


ALIVE = (
    # One that began while a clock was ahead would outlive every period.
    SignInSession.created_at <= bindparam("latest"),
    SignInSession.expires_at > NOW,
    or_(SignInSession.remembered, SignInSession.seen_at > bindparam("idle_since")),
)
"""The clauses for sessions that have not ended, with parameters for which `alive_now` gives the values."""
_OPEN = (
    select(
        SignInSession.id,
        SignInSession.device,
        SignInSession.created_at,
        SignInSession.seen_at,
        SignInSession.expires_at,
        SignInSession.remembered,
        SignInSession.id == bindparam("this"),
    )
    .where(SignInSession.person_id == bindparam("person_id"), *ALIVE)
    .order_by(SignInSession.seen_at.desc())
)


def alive_now() -> dict[str, datetime]:
    """Return the present values of the parameters in `ALIVE`."""
    now = clock.now()
    return {"now": now, "latest": clock.latest(), "idle_since": now - period("session_idle")}


def touch(session_id: uuid.UUID) -> None:
    """Note that a session is in use."""
    db.session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.now()))


def open_session(
    person_id: uuid.UUID,
    *,
    device: str,
    remember: bool = False,
    by_second_factor: bool = False,
    replaces: uuid.UUID | None = None,
    entry: Entry | None = None,
) -> SignedIn:
    """Open a session with a fresh proof of identity; the oldest ends when there would be too many (v5.0.0-7.1.2).

    `replaces` is the session that the same browser held before, `entry` how the account stands, where that is known already.
    Staff are never remembered.
    """
    entry = entry or entry_of(person_id, device=device)
    remember, now, secret = remember and not entry.is_staff, clock.now(), new_secret()
    if replaces:
        db.session.execute(delete(SignInSession).where(SignInSession.id == replaces))
    if entry.sessions >= MOST_SESSIONS:
        _make_room(person_id)
    db.session.add(
        SignInSession(
            id=entry.session_id,
            person_id=person_id,
            secret_hash=hash_secret(secret),
            device=device,
            expires_at=now + period("session_remembered" if remember else "session_absolute"),
            remembered=remember,
            fresh_until=now + period("fresh"),
            second_factor_at=now if by_second_factor else None,
        )
    )
    return SignedIn(secret, remember)


_SURPLUS = (
    delete(SignInSession)
    .where(
        SignInSession.person_id == bindparam("owner_id"),
        SignInSession.id.not_in(
            select(SignInSession.id)
            .where(SignInSession.person_id == bindparam("owner_id"))
            .order_by(SignInSession.seen_at.desc())
            .limit(MOST_SESSIONS - 1)
        ),
    )
    .execution_options(synchronize_session=False)
)


def _make_room(person_id: uuid.UUID) -> None:
    db.session.execute(_SURPLUS, {"owner_id": person_id})


def renew_session(actor: Actor, *, by_second_factor: bool) -> SignedIn:
    """Note a new proof of identity and give the session another secret; the old one is dead (v5.0.0-7.2.4).

    Raises NotFound when the session has ended, or was renewed, since the actor was looked up.
    """
    row = db.lock(SignInSession, actor.session_id)
    if row is None or row.fresh_until != actor.fresh_until:
        raise NotFound
    secret = new_secret()
    row.secret_hash, row.seen_at, row.fresh_until = hash_secret(secret), clock.now(), clock.now() + period("fresh")
    if by_second_factor:
        row.second_factor_at = clock.now()
    return SignedIn(secret, row.remembered)


def sessions_for(actor: Actor) -> list[SessionView]:
    """Return the actor's open sessions, the one last used first."""
    mine = {"person_id": actor.person_id, "this": actor.session_id, **alive_now()}
    return [SessionView(*row) for row in rows(_OPEN, mine)]


def revoke_session(session_id: uuid.UUID, *, by: Actor) -> None:
    """End one of the actor's own sessions, of a browser that they mistrust: what waits on the account ends too.

    Raises NotFound for anybody else's.
    """
    db.lock(Person, by.require_id())
    end_session(session_id, by=by)
    end_pending(by.require_id())


def end_session(session_id: uuid.UUID, *, by: Actor) -> None:
    """End one of the actor's own sessions. Raises NotFound for anybody else's."""
    mine = delete(SignInSession).where(SignInSession.id == session_id, SignInSession.person_id == by.person_id)
    if db.affected(mine) != 1:
        raise NotFound
    audit.record("accounts.session_ended", subject_id=by.person_id, by=by.person_id)


def end_sessions(person_id: uuid.UUID, *, but: uuid.UUID | None = None) -> int:
    """End every session of a person, except `but`; return how many."""
    theirs = delete(SignInSession).where(SignInSession.person_id == person_id)
    if but is not None:
        theirs = theirs.where(SignInSession.id != but)
    return db.affected(theirs)


def end_other_sessions(actor: Actor) -> int:
    """End every session of the actor but this one, and what waits on the account; return how many sessions."""
    person_id = actor.require_id()
    db.lock(Person, person_id)
    ended = end_sessions(person_id, but=actor.session_id)
    end_pending(person_id)
    audit.record("accounts.other_sessions_ended", subject_id=person_id, by=person_id, count=ended)
    return ended
