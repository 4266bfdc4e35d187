"""Whose a form is: a stamp that each form of a signed-in person carries, and that nobody else can make.

A tab may be older than the sign-in of the other tab: what it sends was meant for another account. And what was typed by
somebody whose session is over is kept for whoever typed it: for the owner that the form's stamp proves.
"""

import hashlib
import uuid
from secrets import compare_digest

from portal.kit import keys

_LENGTH = 16
_MAC = 32


def owner_of(person_id: uuid.UUID) -> str:
    """Return what stands for a person as the owner of forms: a hash from which nobody finds the way back."""
    return hashlib.sha256(b"portal.form " + person_id.bytes).hexdigest()[:_LENGTH]


def stamp(owner: str) -> str:
    """Return the stamp of an owner's forms; empty for nobody."""
    return f"{owner}.{_mac(keys.secret_keys()[0], owner)}" if owner else ""


def read_stamp(text: str) -> str:
    """Return the owner whose stamp it is, under any secret of the list; empty when nobody's."""
    owner, _dot, given = text.partition(".")
    genuine = any(compare_digest(_mac(secret, owner).encode(), given.encode()) for secret in keys.secret_keys())
    return owner if genuine else ""


def _mac(secret: str, owner: str) -> str:
    return keys.mac(keys.derive(secret, "form_owner"), owner)[:_MAC]
