"""What is drawn for a person and shown to them: it travels sealed in their form, and is stored once they have proved it.

Nothing stands in the database before that, so that whoever stops half way is as they were: neither locked out nor half safe.
"""

import base64
import binascii
import json
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.accounts.models import RecoveryCode, TotpFactor
from portal.kit import clock, keys
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.periods import period
from portal.kit.refusals import LinkDead

_PURPOSE = "accounts.drawn"


@dataclass(frozen=True)
class Drawn:
    """The secret of an app, the step of the code that proved it, recovery codes; `stamp`: what they take the place of."""

    stamp: str
    secret: str = ""
    step: int | None = None
    codes: tuple[str, ...] = ()


def stamp_now(person_id: uuid.UUID) -> str:
    """Return what stands for a person's factor and recovery codes: of two tabs that would change them, one does."""
    newest = select(func.max(RecoveryCode.created_at)).where(RecoveryCode.person_id == person_id).scalar_subquery()
    factor = select(TotpFactor.created_at).where(TotpFactor.person_id == person_id).scalar_subquery()
    return "|".join(map(str, db.session.execute(select(factor, newest)).one()))


def seal(actor: Actor, *, drawn: Drawn) -> str:
    """Return what was drawn for an actor as their form carries it: readable and of use for nobody else."""
    plain = json.dumps({**asdict(drawn), "at": clock.now().isoformat()}).encode()
    return base64.urlsafe_b64encode(keys.seal(_PURPOSE, plain, context=_context(actor))).decode()


def unseal(actor: Actor, *, sealed: str) -> Drawn:
    """Return what a form carried. Raises LinkDead: not ours, another person's, or drawn too long ago."""
    try:
        plain = keys.open_sealed(_PURPOSE, base64.urlsafe_b64decode(sealed), context=_context(actor))
    except (keys.CannotOpen, binascii.Error, ValueError):
        raise LinkDead from None
    values = json.loads(plain)
    if datetime.fromisoformat(values.pop("at")) < clock.now() - period("fresh"):
        raise LinkDead
    return Drawn(**{**values, "codes": tuple(values["codes"])})


def _context(actor: Actor) -> bytes:
    return str(actor.require_id()).encode()
