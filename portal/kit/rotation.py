"""Rotation of the portal's secrets: which there were, what needs an old one, and sealing anew what does (S26).

Nothing is lost with a secret that leaves PORTAL_SECRET_KEYS once nothing needs it: sealed values are counted by the id
that each begins with, links and cookies by the time for which the last one lives.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

import structlog
from sqlalchemy import Column, Row, String, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock, keys, lasting, tokens
from portal.kit.db import Base, db
from portal.kit.lasting import LastingKey
from portal.kit.periods import period
from portal.kit.running import this_app
from portal.kit.scopes import across
from portal.kit.sealed import UNNAMED, Sealed, key_id_in, key_id_of, sealed_columns

log = structlog.get_logger()
BATCH = 500
"""Values that one transaction seals anew: some fifty milliseconds of SQLite's write lock."""
WHOSEVER = "what is sealed is looked at by its secret, whosever it is"
SAMPLE = 20
"""Values of each kind and secret that a look opens."""


class Cursor(NamedTuple):
    """Where sealing anew goes on: a column and the last row seen; `done` values of the last piece were sealed anew."""

    column: str
    row: str
    done: int = 0


class SecretKey(Base):
    """A secret that was seen in PORTAL_SECRET_KEYS, by its id: when it signed, and whether something sealed needs it."""

    __tablename__ = "secret_key"

    key_id: Mapped[str] = mapped_column(String(8), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    retired_at: Mapped[datetime | None]
    """When another one was first seen in its place: it has signed nothing since. Empty for the newest."""
    in_use: Mapped[bool] = mapped_column(default=True)
    """Whether anything was sealed under it when that was last counted."""
    lost_at: Mapped[datetime | None]
    """When an operator said that it will never come back."""


@dataclass(frozen=True)
class KeyState:
    """What still needs one secret. `place` is its place in the list, the newest being 1, and None when it is missing."""

    key_id: str
    place: int | None
    sealed: Mapping[str, int]
    links_until: datetime | None

    @property
    def is_missing(self) -> bool:
        """Whether something needs it and it is not in the list."""
        return self.place is None

    @property
    def is_free(self) -> bool:
        """Whether nothing needs it any more."""
        return not any(self.sealed.values()) and not (self.links_until and self.links_until > clock.now())


def note_keys() -> None:
    """Note which secrets are in the list, and keep of each what lasts. To be done whenever the list may have changed."""
    newest, *older = keys.key_ids()
    # An older one that was never seen may have signed until now.
    rows = [{"key_id": each, "seen_at": clock.now(), "in_use": True} for each in dict.fromkeys([newest, *older])]
    _insert_missing(SecretKey, rows)
    signs = SecretKey.key_id == newest
    db.session.execute(update(SecretKey).where(signs, SecretKey.retired_at.is_not(None)).values(retired_at=None))
    db.session.execute(update(SecretKey).where(~signs, SecretKey.retired_at.is_(None)).values(retired_at=clock.now()))
    db.session.execute(update(SecretKey).where(SecretKey.key_id.in_([newest, *older])).values(lost_at=None))
    _keep_what_lasts()


def _keep_what_lasts() -> None:
    retired = dict(db.session.execute(select(SecretKey.key_id, SecretKey.retired_at)).all())
    there = set(db.session.execute(select(LastingKey.purpose, LastingKey.key_id)))
    listed = {keys.key_id(secret): secret for secret in keys.secret_keys()}
    for purpose in lasting.purposes().values():
        over = [key_id for key_id, retired_at in retired.items() if _is_over(purpose, retired_at)]
        gone = delete(LastingKey).where(LastingKey.purpose == purpose.name, LastingKey.key_id.in_(over))
        db.session.execute(gone)
        lacking = [key_id for key_id in listed if key_id not in over and (purpose.name, key_id) not in there]
        _insert_missing(LastingKey, [purpose.row_from(listed[key_id]) for key_id in lacking])


def _insert_missing(model: type[Base], rows: list[dict[str, Any]]) -> None:
    # A command and the hourly job may note the same at the same moment.
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    if rows:
        db.session.execute(dialect.insert(model).values(rows).on_conflict_do_nothing())


def _is_over(purpose: lasting.Lasting, retired_at: datetime | None) -> bool:
    return bool(purpose.life and retired_at and retired_at + period(purpose.life) < clock.now())


@across(WHOSEVER)
def reseal_some(after: Cursor | None = None) -> Cursor | None:
    """Seal the next values anew that an older secret of the list has sealed; return where to go on, None at the end.

    Killed at any moment it may begin again: a value is replaced only as it was read. What cannot be opened stays.
    """
    newest, *older = keys.key_ids()
    openable = [bytes.fromhex(key_id) for key_id in (*older, UNNAMED) if key_id != newest]
    for column, kind in sealed_columns():
        if after and str(column) < after.column:
            continue
        (row_id,) = column.table.primary_key.columns
        some = select(row_id, column).where(key_id_in(column).in_(openable)).order_by(row_id).limit(BATCH)
        if after and str(column) == after.column:
            some = some.where(row_id > uuid.UUID(after.row))
        if rows := db.session.execute(some).all():
            return Cursor(str(column), str(rows[-1][0]), _reseal(column, kind, rows))
    return None


def _reseal(column: Column[bytes], kind: Sealed, rows: Sequence[Row[uuid.UUID, bytes]]) -> int:
    (row_id,) = column.table.primary_key.columns
    sealed = []
    for of, stored in rows:
        try:
            sealed.append({"of": of, "stored": stored, "anew": kind.seal(kind.open(stored, of=of), of=of)})
        except keys.CannotOpen:
            log.error("keys.cannot_open", column=str(column), key=key_id_of(stored))
    if not sealed:
        return 0
    as_read = update(column.table).where(row_id == bindparam("of"), column == bindparam("stored"))
    # Many rows in one go, past the session: a piece must not hold SQLite's write lock for long.
    return db.session.connection().execute(as_read.values({column: bindparam("anew")}), sealed).rowcount


@across(WHOSEVER)
def sealed_by_key() -> dict[str, dict[str, int]]:
    """Count what is sealed: id of the secret -> kind -> values. One query a kind."""
    counts: dict[str, dict[str, int]] = {}
    for column, kind in sealed_columns():
        by_key = select(key_id_in(column), func.count()).where(column.is_not(None)).group_by(key_id_in(column))
        for key_id, count in db.session.execute(by_key):
            counts.setdefault(key_id.hex(), {})[kind.what] = count
    return counts


def count_waiting() -> int:
    """Return how many values wait to be sealed anew."""
    newest, *older = keys.key_ids()
    counts = sealed_by_key()
    return sum(sum(counts.get(key_id, {}).values()) for key_id in {*older, UNNAMED} - {newest})


def note_use() -> None:
    """Note which secrets something sealed needs, so that a probe need not count. Call once nothing waits any more."""
    used = sealed_by_key()
    for key_id in used.keys() - set(db.session.scalars(select(SecretKey.key_id))):
        db.session.add(SecretKey(key_id=key_id, retired_at=clock.now()))
    db.session.flush()
    db.session.execute(update(SecretKey).values(in_use=SecretKey.key_id.in_(used)))
    if missing := missing_keys():
        log.error("keys.missing", keys=missing)


def missing_keys() -> list[str]:
    """Return the ids of secrets that something sealed needs and the list lacks, but for those given up as lost."""
    needed = select(SecretKey.key_id).where(SecretKey.in_use, SecretKey.lost_at.is_(None))
    return sorted(db.session.scalars(needed.where(SecretKey.key_id.not_in(keys.key_ids()))))


def states() -> list[KeyState]:
    """Tell of each secret but the newest, in the list or missing from it, what still needs it."""
    newest, *older = keys.key_ids()
    counts = sealed_by_key()
    retired = dict(db.session.execute(select(SecretKey.key_id, SecretKey.retired_at)).all())
    longest = max(tokens.LONGEST, this_app().permanent_session_lifetime)
    listed = [
        KeyState(key_id, place, counts.get(key_id, {}), (retired.get(key_id) or clock.now()) + longest)
        for place, key_id in enumerate(older, start=2)
        if key_id != newest
    ]
    missing = sorted(counts.keys() - {newest, *older})
    return [*listed, *(KeyState(key_id, None, counts[key_id], None) for key_id in missing)]


def give_up(key_id: str) -> bool:
    """Note that a missing secret will never come back, and delete the keys that only it could open; False if not missing."""
    lost = update(SecretKey).where(SecretKey.key_id == key_id, SecretKey.key_id.in_(missing_keys()))
    done = db.affected(lost.values(lost_at=clock.now())) == 1
    if done:
        column = cast("Column[bytes]", LastingKey.__table__.c.key_sealed)
        db.session.execute(delete(LastingKey).where(key_id_in(column) == bytes.fromhex(key_id)))
    return done


@across(WHOSEVER)
def unopenable() -> list[str]:
    """Open some values of each kind and secret; return those that do not open, as purpose and secret."""
    faults, counts = [], sealed_by_key()
    for column, kind in sealed_columns():
        (row_id,) = column.table.primary_key.columns
        for key_id in sorted(key_id for key_id, kinds in counts.items() if kind.what in kinds):
            some = select(row_id, column).where(key_id_in(column) == bytes.fromhex(key_id)).limit(SAMPLE)
            if not all(_opens(kind, of, stored) for of, stored in db.session.execute(some)):
                faults.append(f"{kind.purpose} ({key_id})")
    return faults


def _opens(kind: Sealed, of: uuid.UUID, stored: bytes) -> bool:
    try:
        kind.open(stored, of=of)
    except keys.CannotOpen:
        return False
    return True
