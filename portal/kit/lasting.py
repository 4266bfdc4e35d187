"""Keys that outlive the secret they come from: for links without an end, and for hashes whose text is known no more.

Each secret gives one key for each lasting purpose. These keys are kept in the database, sealed, and go on reading what
they signed after their secret has left PORTAL_SECRET_KEYS. Who finds one can write links of that purpose, nothing else.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock, keys
from portal.kit.db import Base, Id, Word, db, is_writing
from portal.kit.running import App, Installed
from portal.kit.sealed import Sealed

CACHED_FOR = timedelta(minutes=10)
"""How long a process remembers the retired keys: a browser's old cookie costs no query a page."""
_SEALED = Sealed("lasting_key", what="keys of lasting links and hashes")


class LastingKey(Base):
    """The key that one secret gave for one purpose, sealed."""

    __tablename__ = "lasting_key"
    __table_args__ = (UniqueConstraint("purpose", "key_id"),)

    id: Mapped[Id]
    purpose: Mapped[Word]
    key_id: Mapped[str] = mapped_column(String(8))
    """The id of the secret that gave it."""
    key_sealed: Mapped[bytes] = mapped_column(_SEALED)


@dataclass(frozen=True)
class Lasting:
    """A purpose that outlives secrets. `derive` makes its key from a secret; `life` is the period that bounds it, if any."""

    name: str
    derive: Callable[[str], bytes]
    life: str | None = None

    def row_from(self, secret: str) -> dict[str, Any]:
        """Return the columns of the row that keeps the key which a secret gives."""
        made = uuid.uuid4()
        sealed = _SEALED.seal(self.derive(secret), of=made)
        return {"id": made, "purpose": self.name, "key_id": keys.key_id(secret), "key_sealed": sealed}


_PURPOSES = Installed[dict[str, Lasting]]("lasting")
_CACHE = Installed[dict[str, tuple[datetime, list[bytes]]]]("lasting.cache")


def init_app(app: App, purposes: Sequence[Lasting]) -> None:
    """Hand every lasting purpose to the tools that sign."""
    _PURPOSES.install(app, {each.name: each for each in purposes})
    _CACHE.install(app, {})


def purposes() -> dict[str, Lasting]:
    """Return every lasting purpose by its name."""
    return _PURPOSES.get()


def retired_keys(purpose: str) -> list[bytes]:
    """Return the keys of a purpose whose secrets have left the list. One query; what cannot be opened is left out."""
    return _opened(LastingKey.purpose == purpose)[purpose]


def cached_keys(purpose: str) -> list[bytes]:
    """Return the same, at most ten minutes old. Those of every purpose are read together, by one query."""
    cache = _CACHE.get()
    if purpose not in cache or not timedelta() <= clock.now() - cache[purpose][0] < CACHED_FOR:
        found = _opened()
        cache.update({name: (clock.now(), found[name]) for name in {*purposes(), purpose}})
    return cache[purpose][1]


def _opened(*which: ColumnElement[bool]) -> dict[str, list[bytes]]:
    retired = select(LastingKey).where(LastingKey.key_id.not_in(keys.key_ids()), *which)
    found: dict[str, list[bytes]] = defaultdict(list)
    for row in db.session.scalars(retired.order_by(LastingKey.key_id)):
        try:
            found[row.purpose].append(_SEALED.open(row.key_sealed, of=row.id))
        except keys.CannotOpen:
            # The check of sealed values tells of it.
            continue
    return found


def hashes(purpose: str) -> Lasting:
    """Return the lasting purpose of keyed hashes: a text that is known no more can never be hashed under a new secret."""
    return Lasting(f"mac.{purpose}", partial(keys.derive, purpose=f"mac.{purpose}"))


def macs(purpose: Lasting, text: str) -> list[str]:
    """Return the keyed hashes of `text` under every secret there was, newest first: look up by all of them.

    Where the transaction may write, what is found decides something, so the retired keys are read; a page only counts,
    and costs no query for keys that change once in years.
    """
    current = [purpose.derive(secret) for secret in keys.secret_keys()]
    retired = retired_keys if is_writing() else cached_keys
    return [keys.mac(key, text) for key in [*current, *retired(purpose.name)]]


def mac(purpose: Lasting, text: str) -> str:
    """Return the keyed hash of `text` under the newest secret: store this one."""
    return keys.mac(purpose.derive(keys.secret_keys()[0]), text)
