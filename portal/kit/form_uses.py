"""Each form once: what a form that was sent has brought about, so that sending it again shows the same and does no more.

A form that adds something carries a mark. Whoever sends the same content under the same mark twice (a second click
without a script, Back, a network that asks again) sends once. The row's id and the key of what is in it come from mark
and content, and neither is stored: who reads the table learns nothing.
"""

import hmac
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from portal.kit import clock, keys
from portal.kit.db import Base, Id, db
from portal.kit.periods import period


class FormUse(Base):
    """One form that was sent, and the answer to it, sealed under a key that its page alone can make."""

    __tablename__ = "form_use"

    id: Mapped[Id]
    answer: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


class SentMeanwhile(Exception):
    """The same form was sent a second time at once, and the other one has won: its answer is there now."""


@dataclass(frozen=True)
class Use:
    """A form as it was sent: its row's id, and the key of its answer."""

    id: uuid.UUID
    key: bytes


@dataclass(frozen=True)
class Answer:
    """Where the browser was sent, and the notices (category, sentence) that its next page shows."""

    path: str
    notices: Sequence[tuple[str, str]]


def use_of(mark: str, content: bytes) -> Use:
    """Return the use that a mark and a content make."""
    secret = hmac.digest(mark.encode(), content, "sha256")
    return Use(uuid.UUID(bytes=hmac.digest(secret, b"id", "sha256")[:16]), hmac.digest(secret, b"answer", "sha256"))


def find(use: Use) -> Answer | None:
    """Return the answer to a form that was sent already, else None."""
    row = db.session.scalar(select(FormUse).where(FormUse.id == use.id, _counts()))
    if row is None:
        return None
    path, notices = json.loads(keys.open_sealed("form_use", row.answer, context=use.id.bytes, key=use.key))
    return Answer(path, [(category, sentence) for category, sentence in notices])


def note(use: Use, answer: Answer) -> None:
    """Note the answer to a form, in the unit that took it. Raises SentMeanwhile."""
    plain = json.dumps([answer.path, answer.notices], ensure_ascii=False).encode()
    sealed = keys.seal("form_use", plain, context=use.id.bytes, key=use.key)
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    now = {"answer": sealed, "at": clock.now()}
    row = dialect.insert(cast(Any, FormUse.__table__)).values(id=use.id, **now)
    row = row.on_conflict_do_update(index_elements=["id"], set_=now, where=not_(_counts()))
    # The row says whether it was written: drivers count an INSERT as they like.
    if db.session.execute(row.returning(FormUse.id)).scalar() is None:
        raise SentMeanwhile


def _counts() -> ColumnElement[bool]:
    # One that a clock ahead has dated counts no more.
    return (FormUse.at > clock.now() - period("form_use")) & (FormUse.at <= clock.latest())
