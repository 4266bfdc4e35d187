"""Which tickets the console lists, and in which order: all of it stands in an address, and no email address in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, true, update

from portal.kit import i18n, keys
from portal.kit.actor import Staff, for_staff
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.refusals import NotFound, Refusal
from portal.support.models import URGENT, Ticket, TicketState
from portal.support.service import access

CLAUSES: Mapping[str, ColumnElement[bool]] = {
    "open": Ticket.state == TicketState.OPEN,
    # In the words of its indexes, which both databases must recognise.
    "urgent": literal_column(URGENT),
    "waiting": Ticket.state == TicketState.WAITING,
    "closed": Ticket.state == TicketState.CLOSED,
}
QUEUES = tuple(CLAUSES)
ORDERS: Mapping[str, tuple[Any, bool]] = {
    "waiting": (Ticket.updated_at, False),
    "updated": (Ticket.updated_at, True),
    "oldest": (Ticket.opened_at, False),
    "newest": (Ticket.opened_at, True),
}
"""Order -> the instant that it goes by, and whether the newest comes first."""
SORTS = tuple(ORDERS)
_IN_ADDRESS = re.compile(r"[0-9A-Z-]{0,16}(?:[0-9a-f]{32})?")
"""How a reference or the hash of an email address stands in an address."""
_REFERENCE = re.compile(r"([0-9A-Z]{5})[\s-]*([0-9A-Z]{5})")


class SearchUnclear(Refusal):
    """What was typed is neither a reference nor an email address."""


@dataclass(frozen=True)
class View:
    """Which tickets a list shows and in which order: all of it stands in the list's address, and no email address in it."""

    queue: str = "open"
    language: str = ""
    sort: str = ""
    reference: str = ""
    email: str = ""
    """The hash of an email address."""

    @property
    def is_search(self) -> bool:
        """Whether tickets in any state are looked for."""
        return bool(self.reference or self.email)

    @property
    def order(self) -> str:
        """The order that holds: of what is our turn, who has waited longest comes first."""
        return "updated" if self.is_search else self.sort or ("waiting" if self.queue in ("open", "urgent") else "updated")

    @property
    def address(self) -> dict[str, str]:
        """What stands in the address of the list, by its names there."""
        if self.is_search:
            return {name: value for name in ("reference", "email") if (value := getattr(self, name))}
        values = {"queue": self.queue if self.queue != QUEUES[0] else "", "language": self.language, "sort": self.sort}
        return {name: value for name, value in values.items() if value}


def view_of(words: Mapping[str, str]) -> View:
    """Return the view that an address asks for. Raises NotFound for a word that we do not know."""
    known = {name: words[name] for name in View.__dataclass_fields__ if words.get(name)}
    view = View(**known)
    if not _IN_ADDRESS.fullmatch(view.reference + view.email):
        raise NotFound
    if view.queue not in QUEUES or view.sort not in ("", *SORTS) or view.language not in ("", *i18n.LANGUAGES):
        raise NotFound
    return view


@for_staff(*access.TICKET_ROLES)
def search(text: str, *, by: Staff) -> View:
    """Return the view of the tickets with a reference, or of an email address, which stands in it as its hash.

    Raises SearchUnclear for anything else.
    """
    if reference := _REFERENCE.fullmatch(text.strip().upper()):
        return View(reference=f"{reference[1]}-{reference[2]}")
    if "@" not in text.strip("@ "):
        raise SearchUnclear
    key = lookup_key(text)
    hashed = hash_of(key)
    # Those of another secret's day, and of before there were hashes.
    others = Ticket.email_hash.is_distinct_from(hashed)
    db.session.execute(update(Ticket).where(Ticket.email_key == key, others).values(email_hash=hashed))
    return View(email=hashed)


def hash_of(email_key: str) -> str:
    """Return what stands for an email address in the addresses of the console."""
    return keys.mac(keys.derive(keys.secret_keys()[0], "support.email"), email_key)[:32]


def within(view: View) -> ColumnElement[bool]:
    """Return the clause for the tickets of a view."""
    if view.is_search:
        return Ticket.reference == view.reference if view.reference else Ticket.email_hash == view.email
    return and_(CLAUSES[view.queue], speaking(view.language))


def speaking(language: str) -> ColumnElement[bool]:
    """Return the clause for the tickets in a language; all of them for none."""
    return Ticket.language == language if language else true()
