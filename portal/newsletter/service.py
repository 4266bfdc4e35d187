"""Verbs of the list."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.events import AddressChanged
from portal.consent import service as consent
from portal.consent.service import Choice, Mechanism
from portal.kit import audit, clock, i18n, lasting, throttle, tokens
from portal.kit.actor import Actor
from portal.kit.clients import ClientKey
from portal.kit.db import Base, db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.kit.throttle import Spend
from portal.kit.unit import before_writes, rows
from portal.newsletter import mail
from portal.newsletter.models import Source, Subscriber, Suppression

CONFIRM = tokens.LinkPurpose("newsletter.confirm")
SUPPRESSION = lasting.hashes("newsletter.suppression")
LASTING = (tokens.lasting(mail.UNSUBSCRIBE), SUPPRESSION)
"""What outlives a secret: the way out, and the hash of an address that is known no more."""
EMAILS_PER_ADDRESS = "3 per 6 hours"
REQUESTS_PER_CLIENT = "60 per hour"
NEVER = timedelta.max
"""The age at which a link out dies."""


@dataclass(frozen=True)
class SubscriptionRequest:
    """What a confirmation link carries, sealed: nothing of it stands anywhere else (P17)."""

    address: str
    language: str
    requested_at: datetime


@before_writes
def ask(address: str, *, language: str, client: ClientKey) -> None:
    """Send the link that confirms a request for the newsletter. Nothing is stored; the email is blanked once it has left.

    The same happens for whoever is on the list already. Raises TooManyTries for a client that asks for too many;
    too many emails to one address are left out without a word.
    """
    in_time = throttle.consume_both(
        Spend("newsletter.subscribe_client", client, REQUESTS_PER_CLIENT),
        Spend("newsletter.email", lookup_key(address), EMAILS_PER_ADDRESS),
    )
    if in_time:
        # A signed token can be read by anybody who sees it, so the address inside is sealed (v5.0.0-14.2.1).
        mail.confirm(address, token=tokens.seal(CONFIRM, address, language), language=language)


def get_subscription_request(token: str) -> SubscriptionRequest:
    """Read a confirmation link. Raises LinkDead when it is forged, has expired, or its request was withdrawn since."""
    requested_at, (address, language) = tokens.open_sealed(CONFIRM, token, max_age=period("newsletter_confirm"))
    subscription_request = SubscriptionRequest(address, language, requested_at)
    left = _find_suppression(lookup_key(address))
    if left is not None and left.suppressed_at >= subscription_request.requested_at:
        raise LinkDead
    return subscription_request


def confirm(token: str) -> None:
    """Put the address of a confirmation link on the list. Doing it again changes nothing. Raises LinkDead."""
    subscription_request = get_subscription_request(token)
    _subscribe(subscription_request.address, language=subscription_request.language, source=Source.FORM)


def _subscribe(address: str, *, language: str, source: Source, subject_id: uuid.UUID | None = None) -> None:
    key = lookup_key(address)
    if _find(Subscriber.email_key == key) is not None:
        return
    left = _find_suppression(key)
    # Who comes back gets the id from before, so that the link in every older email still ends it.
    subscriber = Subscriber(
        id=left.id if left else uuid.uuid4(),
        email=address,
        email_key=key,
        subject_id=subject_id,
        confirmed_at=clock.now(),
        source=source,
        language=language,
    )
    if not _added(subscriber):
        return
    if left is not None:
        db.session.delete(left)
    mail.welcome(subscriber)


def _added(row: Base) -> bool:
    # Of two presses at the same moment, one makes the row and the other finds it made.
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return False
    return True


def _find(clause: ColumnElement[bool]) -> Subscriber | None:
    return db.session.scalar(select(Subscriber).where(clause).limit(1))


def hashes_of(email_key: str) -> Sequence[str]:
    """Return the keyed hashes under which an address may be suppressed, by each secret there was."""
    return lasting.macs(SUPPRESSION, email_key)


def _find_suppression(email_key: str) -> Suppression | None:
    return db.session.scalar(select(Suppression).where(Suppression.address_hash.in_(hashes_of(email_key))).limit(1))


def unsubscribe(token: str) -> None:
    """End the subscription of a link at once; the address goes, its keyed hash stays (P18). Again changes nothing.

    Raises LinkDead for a token that is not ours.
    """
    subscriber = _find(Subscriber.id == _subscriber_id(token))
    if subscriber is None:
        return
    _remove(subscriber)
    if subscriber.subject_id is not None:
        _note(subscriber.subject_id, Choice.DENIED, Mechanism.EMAIL)


def leave_by_address(email: str) -> bool:
    """Unsubscribe a proven address of somebody without an account, and tell whether it was on the list."""
    subscriber = _find(Subscriber.email_key == lookup_key(email))
    if subscriber is None:
        return False
    _remove(subscriber)
    return True


def check_way_out(token: str) -> None:
    """Raise LinkDead unless the token is one of ours. Looks nobody up."""
    _subscriber_id(token)


def _subscriber_id(token: str) -> uuid.UUID:
    (subscriber_id,) = tokens.read(mail.UNSUBSCRIBE, token, max_age=NEVER)
    return uuid.UUID(subscriber_id)


def _remove(subscriber: Subscriber) -> None:
    db.session.delete(subscriber)
    _added(Suppression(id=subscriber.id, address_hash=lasting.mac(SUPPRESSION, subscriber.email_key)))


def _note(person_id: uuid.UUID, choice: Choice, mechanism: Mechanism) -> None:
    consent.decide(person_id, purpose=consent.NEWSLETTER, choice=choice, mechanism=mechanism)
    audit.record("newsletter.decided", subject_id=person_id, by=person_id, choice=choice, mechanism=mechanism)


_OF_PERSON = select(Subscriber).where(
    or_(Subscriber.subject_id == bindparam("person_id"), Subscriber.email_key == bindparam("email_key"))
)


def _of(actor: Actor) -> dict[str, object]:
    return {"person_id": actor.person_id, "email_key": lookup_key(actor.email)}


def state_for(actor: Actor) -> bool:
    """Tell whether the signed-in person gets the newsletter, with or without the account."""
    return bool(rows(_OF_PERSON, _of(actor)))


def join(actor: Actor) -> None:
    """Subscribe the signed-in person: an account's address is confirmed already. Again changes nothing."""
    if actor.person_id is None or state_for(actor):
        return
    _subscribe(actor.email, language=i18n.ready(actor.language), source=Source.SETTINGS, subject_id=actor.person_id)
    _note(actor.person_id, Choice.GRANTED, Mechanism.SETTINGS)


def leave(actor: Actor) -> None:
    """Unsubscribe the signed-in person at once. Again changes nothing."""
    mine = db.session.scalars(_OF_PERSON, _of(actor)).all()
    for subscriber in mine:
        _remove(subscriber)
    if mine and actor.person_id is not None:
        _note(actor.person_id, Choice.DENIED, Mechanism.SETTINGS)


def follow_address(change: AddressChanged) -> None:
    """Let a person's subscription go along to the account's new address, which its mailbox has confirmed.

    Unless that address is on the list already, or has left it: then the subscription ends. Of an address that an undo
    takes away only what was subscribed by the account follows: the rest is that mailbox's own.
    """
    key = lookup_key(change.new_email)
    mine = Subscriber.subject_id == change.person_id
    if not change.is_undo:
        mine = or_(mine, Subscriber.email_key == lookup_key(change.old_email))
    for subscriber in db.session.scalars(select(Subscriber).where(mine, Subscriber.email_key != key)).all():
        if _find(Subscriber.email_key == key) is not None or _find_suppression(key) is not None:
            db.session.delete(subscriber)
        else:
            subscriber.email, subscriber.email_key = change.new_email, key
