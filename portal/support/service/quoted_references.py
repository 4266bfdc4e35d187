"""Whoever quotes a reference means the ticket that is there already: no second one is opened for it."""

import re
from collections.abc import Sequence

from sqlalchemy import and_, select

from portal.kit.actor import Actor
from portal.kit.claims import nobodys
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.support.models import Ticket, TicketKind
from portal.support.service import access, messages

_REFERENCE = re.compile(r"(?<![0-9A-Z-])([2-9A-HJKMNP-TV-Z]{5}-[2-9A-HJKMNP-TV-Z]{5})(?![0-9A-Z-])", re.IGNORECASE)
_MOST = 5
"""So many references of one message are looked at."""


def find_quoted(by: Actor, *, email: str, texts: Sequence[str]) -> Ticket | None:
    """Return the ticket of the sender's own that a text quotes and that takes a message more, the first named, or None.

    A reference is no key: a ticket of an account is added to by that account alone. One of a guest is added to by whoever
    types its address, which proves as much as the form that opened it, and the address is told.
    """
    named = [found.upper() for text in texts for found in _REFERENCE.findall(text)][:_MOST]
    if not named:
        return None
    if by.person_id:
        mine = access.VISIBLE
        parameters = access.visible_to(by)
    else:
        mine = and_(nobodys(Ticket.subject_id), Ticket.email_key == lookup_key(email), Ticket.kind == TicketKind.CONTACT)
        parameters = {}
    found = {
        each.reference: each
        for each in db.session.scalars(select(Ticket).where(Ticket.reference.in_(named), mine), parameters)
    }
    return next((found[each] for each in named if each in found and not messages.is_full(found[each])), None)
