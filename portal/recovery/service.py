"""Verbs of lost access: a reset link, a new password, "This wasn't me", a report from outside.

What a stranger may ask for does the same work whether or not the address has an account (v5.0.0-6.3.8): one job is
enqueued either way, with the person's id or with one that nobody has. The email is the job's business.
"""

import uuid
from dataclasses import astuple, dataclass
from datetime import datetime

from portal.accounts import service as accounts
from portal.accounts.events import AccountFrozen, AccountTakenBack
from portal.accounts.models import Person
from portal.jobs import service as jobs
from portal.kit import audit, events, throttle, tokens
from portal.kit.actor import NOBODY, Actor
from portal.kit.clients import ClientKey
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.throttle import Spend
from portal.kit.unit import before_writes
from portal.recovery import mail
from portal.recovery.events import MisuseReported

RESET = tokens.LinkPurpose("recovery.reset")
WASNT_ME = accounts.WASNT_ME
EMAILS_PER_ADDRESS = "1 per 5 minutes"
"""Silence for longer would leave an owner without an email, if a stranger has asked before."""
REQUESTS_PER_CLIENT = "20 per hour"
REPORT_EMAILS_PER_MAILBOX = "10 per day"


@dataclass(frozen=True)
class UnauthorisedReport:
    """A "This wasn't me": whose account, what is taken back of its address and its factors, and which mailbox says so."""

    person_id: uuid.UUID
    mailbox: str
    since: datetime | None = None
    factors_since: datetime | None = None


@before_writes
def request_reset(email: str, *, client: ClientKey) -> None:
    """Have what leads on sent to the address, if anything is known of it; nobody can tell from outside (P08).

    To an account's the reset link, or the way back into a closed one; to one that an account has left lately, the link that
    takes it back; to one that waits to be confirmed, its confirmation once more. Raises TooManyTries for the client; the
    limit of the address is silent, so that it says nothing about it.
    """
    concerned = _spend_and_find(email, client=client, asking="recovery.reset_client", sending="recovery.send_reset_link")
    jobs.enqueue(
        "recovery.send_reset_link",
        subject_id=concerned.person_id,
        person_id=str(concerned.person_id),
        change_id=str(concerned.change_id),
        sign_up_id=str(concerned.sign_up_id),
    )


@before_writes
def report_misuse(email: str, *, message: str, client: ClientKey, by: Actor = NOBODY) -> None:
    """Take a report about an account that is in other hands; its owner is sent a link that secures it (P10).

    Raises TooManyTries for the client.
    """
    concerned = _spend_and_find(email, client=client, asking="recovery.report_client", sending="recovery.send_secure_link")
    jobs.enqueue(
        "recovery.send_secure_link",
        subject_id=concerned.person_id,
        person_id=str(concerned.person_id),
        change_id=str(concerned.change_id),
    )
    events.publish(MisuseReported(email=email, message=message, reporter_id=_reporter_id(by, email)))


def _reporter_id(by: Actor, email: str) -> uuid.UUID | None:
    # Whoever is signed in to the very account that the report is about may be the one it tells of.
    if by.person_id is None:
        return None
    own = accounts.addresses_of(accounts.person_for(by))
    return None if lookup_key(email) in map(lookup_key, own) else by.person_id


@before_writes
def _spend_and_find(email: str, *, client: ClientKey, asking: str, sending: str) -> accounts.Concerned:
    """Spend the limit of the client and the silent one of the address; return whom that concerns.

    An id that nobody has stands in the place of each that is not there, and of all when the address has had enough.
    """
    in_time = throttle.consume_both(
        Spend(asking, client, REQUESTS_PER_CLIENT), Spend(sending, lookup_key(email), EMAILS_PER_ADDRESS)
    )
    found = accounts.concerned_by(email)
    return accounts.Concerned(*(each if each and in_time else uuid.uuid4() for each in astuple(found)))


def send_reset_link(person_id: uuid.UUID, *, change_id: uuid.UUID, sign_up_id: uuid.UUID) -> None:
    """Write the email with the one live reset link, or what else leads on; ids that nobody has are passed over."""
    person = _find(person_id)
    if person and person.deactivated_at:
        mail.account_closing(person, token=accounts.undo_deletion_token(person, to=person.email))
    elif person:
        written_at = accounts.renew_reset_link(person)
        mail.reset_link(person, token=_reset_token(person, at=written_at), until=written_at + period("reset_link"))
        audit.record("recovery.reset_requested", subject_id=person.id)
    accounts.tell_left_mailbox(change_id)
    if person is None:
        accounts.write_email(sign_up_id)


def send_secure_link(person_id: uuid.UUID, *, change_id: uuid.UUID) -> None:
    """Write the email with a link that secures the account; an id that nobody has is passed over."""
    person = _find(person_id)
    if person:
        mail.secure_link(person)
        audit.record("recovery.misuse_reported", subject_id=person.id)
    accounts.tell_left_mailbox(change_id)


def make_reset_token(person: Person) -> str:
    """Return the token of a new reset link. Every older one is dead from now on."""
    accounts.request_reset_link(person)
    return _reset_token(person)


def _reset_token(person: Person, *, at: datetime | None = None) -> str:
    return tokens.sign(RESET, str(person.id), stamp=accounts.reset_stamp(person) or "", at=at)


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
def choose_password(token: str, *, password: str) -> str:
    """Set the password that the link allows: every session ends, a frozen account thaws, nobody is signed in.

    Returns the mark by which this browser is known to the account: a guesser elsewhere does not keep its owner out.
    Raises LinkDead, also for the second of two who use one link at the same time; and what `set_password` raises.
    """
    person = person_of_reset(token)
    accounts.set_password(person, password=password)
    audit.record("recovery.password_reset", subject_id=person.id, by=person.id)
    return accounts.mark_browser_after_reset(person.id)


def person_of_report(token: str) -> Person:
    """Return whom a "This wasn't me" link secures. Raises LinkDead."""
    return accounts.get_person(_read_report_link(token).person_id)


def _read_report_link(token: str) -> UnauthorisedReport:
    person_id, written, mailbox, act = tokens.read(WASNT_ME, token, max_age=period("wasnt_me_link"), count=4)
    try:
        person = accounts.get_person(uuid.UUID(person_id))
    except NotFound:
        raise LinkDead from None
    written_at, left_at = datetime.fromisoformat(written), accounts.left_mailbox_at(person, mark=mailbox)
    # A mailbox that was left takes the account back to itself, whatever its email told of.
    since = min(written_at, left_at) if left_at else written_at
    return UnauthorisedReport(person.id, mailbox, since, _before(written_at) if act else since)


def _before(told_at: datetime) -> datetime:
    """Return from when on a second factor counts as set up by whoever is inside, when its owner says "This wasn't me".

    The email about it lay in the same mailbox for as long, and could have been used all the while.
    """
    return told_at - period("wasnt_me_link")


@before_writes
def report_unauthorised_by_link(token: str) -> None:
    """Secure the account of an email's reader, and take back what was done to it meanwhile. Raises LinkDead."""
    _secure_and_tell(_read_report_link(token))


@before_writes
def report_unauthorised_by_session(actor: Actor) -> None:
    """Secure the account of somebody who is signed in and saw what they did not do."""
    person = accounts.person_for(actor)
    _secure_and_tell(UnauthorisedReport(person.id, person.email_key))


@before_writes
def _secure_and_tell(report: UnauthorisedReport) -> None:
    # A report is never refused, however often it comes; only its emails are limited, and each mailbox has its own count.
    in_time = throttle.try_consume("recovery.report", f"{report.person_id} {report.mailbox}", REPORT_EMAILS_PER_MAILBOX)
    secure_account(report, in_time=in_time)


def secure_account(report: UnauthorisedReport, *, in_time: bool = True) -> None:
    """End every session and what waits, freeze sensitive changes, send a reset link, call our team (P10).

    A deletion that was asked for is forgotten, changes of address confirmed since are taken back, so that the link reaches
    the mailbox that the report came from, and so is a second factor, which would shut that mailbox's owner out.
    Raises LinkDead when the account is being deleted already.
    """
    person = accounts.lock_person(report.person_id)
    if person.deactivated_at:
        events.publish(AccountTakenBack(person.id))
    if person.deactivated_at:
        raise LinkDead
    frozen_before = person.frozen_at is not None
    accounts.stop_email_changes(person, since=report.since)
    if report.factors_since:
        accounts.undo_factor(person, since=report.factors_since)
    accounts.freeze(person)
    if in_time:
        mail.account_secured(person, token=make_reset_token(person))
    audit.record("recovery.account_secured", subject_id=person.id, by=person.id)
    if not frozen_before:
        events.publish(AccountFrozen(person.id))


def veto_email_change(token: str) -> None:
    """Stop a change of address and secure the account: whoever asked for it was inside. Raises LinkDead."""
    change = accounts.veto_email_change(token)
    secure_account(UnauthorisedReport(change.person_id, change.old_email_key, factors_since=_before(change.requested_at)))


def undo_email_change(token: str) -> None:
    """Give the account its old address back and secure it. Raises LinkDead."""
    change = accounts.undo_email_change(token)
    secure_account(UnauthorisedReport(change.person_id, change.old_email_key, factors_since=_before(change.requested_at)))


def _find_active(person_id: uuid.UUID) -> Person | None:
    person = _find(person_id)
    return None if person is None or person.deactivated_at else person


def _find(person_id: uuid.UUID) -> Person | None:
    try:
        return accounts.get_person(person_id)
    except NotFound:
        return None
