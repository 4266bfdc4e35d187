"""What may wait for somebody on the page of their organisations: asked in one statement, before any of it is read."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.organisations.models import Invitation, JoinDomain
from portal.organisations.service import invitations, join_requests


@dataclass(frozen=True)
class Waiting:
    """What is open for the address of somebody."""

    offers: list[invitations.Offer]
    joinable: list[join_requests.Joinable]


def waiting_for(by: Actor) -> Waiting:
    """Return the invitations to somebody's address, and the organisations that it lets them ask to join."""
    invited = exists().where(Invitation.email_key == lookup_key(by.email), invitations.is_open())
    known = exists().where(JoinDomain.domain == join_requests.domain_of(by.email))
    is_invited, is_known = db.session.execute(select(invited, known)).one()
    return Waiting(
        offers=invitations.offers_for(by) if is_invited else [],
        joinable=join_requests.joinable_for(by) if is_known else [],
    )
