"""Verbs of lost access: a reset link, a new password, "This wasn't me", a report from outside.

What a stranger may ask for does the same work whether or not the address has an account (v5.0.0-6.3.8): one job is
enqueued either way, with the person's id or with one that nobody has. The email is the job's business.
"""

import uuid
from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.events import AccountFrozen
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, events, throttle, tokens
from portal.kit.actor import NOBODY, Actor
from portal.kit.clients import ClientKey
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.unit import before_writes
from portal.recovery import mail
from portal.recovery.events import MisuseReported

RESET = tokens.LinkPurpose("recovery.reset")
WASNT_ME = accounts.WASNT_ME
REQUESTS_PER_ACCOUNT = "5 per day"
REQUESTS_PER_CLIENT = "20 per hour"
REPORTS_PER_ACCOUNT = "10 per day"


@before_writes
def request_reset(email: str, *, client: ClientKey) -> None:
    """Have a reset link sent, if the address has an account; nobody can tell from outside (P08).

    Raises TooManyTries for the client; the limit of the account is silent, so that it says nothing about the account.
    """
    throttle.consume("recovery.reset_client", client, REQUESTS_PER_CLIENT)
    _write_to("recovery.send_reset_link", email)


@before_writes
def report_misuse(email: str, *, message: str, client: ClientKey, by: Actor = NOBODY) -> None:
    """Take a report about an account that is in other hands; its owner is sent a link that secures it (P10).

    Raises TooManyTries for the client.
    """
    throttle.consume("recovery.report_client", client, REQUESTS_PER_CLIENT)
    _write_to("recovery.send_secure_link", email)
    events.publish(MisuseReported(email=email, message=message, reporter_id=_reporter_id(by, email)))


def _reporter_id(by: Actor, email: str) -> uuid.UUID | None:
    # Whoever is signed in to the very account that the report is about may be the one it tells of.
    if by.person_id is None:
        return None
    own = accounts.addresses_of(accounts.person_for(by))
    return None if lookup_key(email) in map(lookup_key, own) else by.person_id


def _write_to(job: str, email: str) -> None:
    in_time = throttle.try_consume(job, lookup_key(email), REQUESTS_PER_ACCOUNT)
    person = accounts.find_by_email(email)
    person_id = person.id if person and in_time else uuid.uuid4()
    jobs.enqueue(job, subject_id=person_id, person_id=str(person_id))


def send_reset_link(person_id: uuid.UUID) -> None:
    """Write the email with the one live reset link; an id that nobody has is passed over."""
    person = _find_active(person_id)
    if person is None:
        return
    mail.reset_link(person, token=make_reset_token(person))
    audit.record("recovery.reset_requested", subject_id=person.id)


def send_secure_link(person_id: uuid.UUID) -> None:
    """Write the email with a link that secures the account; an id that nobody has is passed over."""
    person = _find_active(person_id)
    if person is None:
        return
    mail.secure_link(person)
    audit.record("recovery.misuse_reported", subject_id=person.id)


def make_reset_token(person: Person) -> str:
    """Return the token of a new reset link. Every older one is dead from now on."""
    accounts.request_reset_link(person)
    return tokens.sign(RESET, str(person.id), stamp=accounts.reset_stamp(person) or "")


def person_of_reset(token: str) -> Person:
    """Return whose password the link may change. Raises LinkDead: forged, expired, used, outdated by any change (P08)."""
    (person_id,) = tokens.read(RESET, token, max_age=period("reset_link"), stamp=_reset_stamp)
    person = _find_active(uuid.UUID(person_id))
    if person is None:
        raise LinkDead
    return person


def _reset_stamp(person_id: str) -> str | None:
    person = _find_active(uuid.UUID(person_id))
    return accounts.reset_stamp(person) if person else None


@before_writes
def choose_password(token: str, *, password: str) -> None:
    """Set the password that the link allows: every session ends, a frozen account thaws, nobody is signed in.

    Raises LinkDead, also for the second of two who use one link at the same time; and what `set_password` raises.
    """
    person = person_of_reset(token)
    accounts.set_password(person, password=password)
    audit.record("recovery.password_reset", subject_id=person.id, by=person.id)


def person_of_report(token: str) -> Person:
    """Return whom a "This wasn't me" link secures. Raises LinkDead."""
    return _read_report_link(token)[0]


def _read_report_link(token: str) -> tuple[Person, datetime]:
    person_id, written_at = tokens.read(WASNT_ME, token, max_age=period("wasnt_me_link"))
    person = _find_active(uuid.UUID(person_id))
    if person is None:
        raise LinkDead
    return person, datetime.fromisoformat(written_at)


@before_writes
def report_unauthorised_by_link(token: str) -> None:
    """Secure the account of an email's reader, and undo what was done to its address since the email. Raises LinkDead."""
    person, written_at = _read_report_link(token)
    throttle.consume("recovery.report", str(person.id), REPORTS_PER_ACCOUNT)
    secure_account(person, since=written_at)


@before_writes
def report_unauthorised_by_session(actor: Actor) -> None:
    """Secure the account of somebody who is signed in and saw what they did not do."""
    person = accounts.person_for(actor)
    throttle.consume("recovery.report", str(person.id), REPORTS_PER_ACCOUNT)
    secure_account(person)


def secure_account(person: Person, *, since: datetime | None = None) -> None:
    """End every session, freeze sensitive changes, stop changes of address, send a reset link, call our team (P10).

    Changes of address confirmed after `since` are undone, so that the link reaches the mailbox that the report came from,
    and so is a second factor set up after it, which would shut that mailbox's owner out.
    """
    person = accounts.lock_person(person.id)
    frozen_before = person.frozen_at is not None
    accounts.stop_email_changes(person, since=since)
    if since:
        accounts.undo_factor(person, since=since)
    accounts.freeze(person)
    mail.account_secured(person, token=make_reset_token(person))
    audit.record("recovery.account_secured", subject_id=person.id, by=person.id)
    if not frozen_before:
        events.publish(AccountFrozen(person.id))


def undo_email_change(token: str) -> None:
    """Give the account its old address back and secure it. Raises LinkDead."""
    person = accounts.undo_email_change(token)
    secure_account(person)


def _find_active(person_id: uuid.UUID) -> Person | None:
    try:
        person = accounts.get_person(person_id)
    except NotFound:
        return None
    return None if person.deactivated_at else person
