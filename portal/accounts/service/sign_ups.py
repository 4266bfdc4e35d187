"""Sign-up: a request for an account, an email, a confirmed address. Nobody learns whether an address has an account."""

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import mail
from portal.accounts.models import EmailChange, Person, SignUp
from portal.accounts.service import people
from portal.accounts.service.email_change import undo_token
from portal.accounts.service.former_emails import find_undoable_change
from portal.accounts.service.passwords import context_words
from portal.jobs import service as jobs
from portal.kit import audit, clock, passwords, throttle, tokens
from portal.kit.clients import ClientKey
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound
from portal.kit.unit import before_writes
from portal.legal import documents

CONFIRM = tokens.LinkPurpose("accounts.confirm_address")
PAGE = tokens.LinkPurpose("accounts.sign_up_page")
EMAILS_PER_ADDRESS = "3 per 6 hours"
PER_CLIENT = "30 per hour"


@dataclass(frozen=True)
class SignUpRequest:
    """What a person fills in to get an account."""

    name: str
    email: str
    password: str
    language: str
    time_zone: str = "UTC"


@before_writes
def sign_up(sign_up_request: SignUpRequest, *, client: ClientKey) -> uuid.UUID:
    """Keep a request for an account and write to its address: the link, or that there is an account already.

    The same work for both (v5.0.0-6.3.8); the limit of emails is silent. Returns the sign-up's id.
    Raises TooManyTries for the client, Busy, PasswordTooShort, PasswordTooCommon, PasswordTellsContext.
    """
    throttle.consume("accounts.sign_up", client, PER_CLIENT)
    passwords.check(sign_up_request.password, context=context_words(sign_up_request.name, sign_up_request.email))
    in_time = _may_write(sign_up_request.email)
    hashed = passwords.hasher().hash(sign_up_request.password)
    row = SignUp(
        id=uuid.uuid4(),
        name=sign_up_request.name,
        email=sign_up_request.email,
        email_key=lookup_key(sign_up_request.email),
        language=sign_up_request.language,
        time_zone=sign_up_request.time_zone,
        password_hash=hashed,
        terms_version=_terms_version(),
        terms_accepted_at=clock.now(),
    )
    db.session.add(row)
    _write(row, in_time=in_time)
    return row.id


def sign_up_token(sign_up_id: uuid.UUID) -> str:
    """Return the token that names a sign-up in the address of its page, for the browser that made it."""
    return tokens.sign(PAGE, str(sign_up_id))


def sign_up_by_token(token: str) -> SignUp:
    """Return the sign-up whose page it is. Raises LinkDead for a forged or old token, NotFound as `get_sign_up`."""
    (sign_up_id,) = tokens.read(PAGE, token, max_age=period("never_confirmed"))
    return get_sign_up(uuid.UUID(sign_up_id))


def get_sign_up(sign_up_id: uuid.UUID) -> SignUp:
    """Return a sign-up that still waits. Raises NotFound when it was confirmed, purged or never made."""
    row = db.session.get(SignUp, sign_up_id)
    if row is None or row.created_at < clock.now() - period("never_confirmed"):
        raise NotFound
    return row


@before_writes
def send_again(sign_up_id: uuid.UUID, *, client: ClientKey) -> None:
    """Write the email once more, unless its address has had enough. Raises NotFound, TooManyTries for the client."""
    throttle.consume("accounts.sign_up", client, PER_CLIENT)
    in_time = _may_write(get_sign_up(sign_up_id).email)
    _write(get_sign_up(sign_up_id), in_time=in_time)


@before_writes
def correct_address(sign_up_id: uuid.UUID, *, email: str, client: ClientKey) -> None:
    """Give a sign-up another address and write there; the link to the mistyped one is dead.

    Raises NotFound, TooManyTries for the client; LinkDead when it is confirmed at this very moment.
    """
    throttle.consume("accounts.sign_up", client, PER_CLIENT)
    in_time = _may_write(email)
    row = _lock(get_sign_up(sign_up_id))
    row.email, row.email_key = email, lookup_key(email)
    _write(row, in_time=in_time)


def _may_write(email: str) -> bool:
    return throttle.try_consume("accounts.sign_up_email", lookup_key(email), EMAILS_PER_ADDRESS)


def _write(row: SignUp, *, in_time: bool) -> None:
    # Written once the answer is out: the two emails take differently long, and the page must not tell which it is.
    if in_time:
        jobs.enqueue("accounts.write_to_sign_up", sign_up_id=str(row.id))


def write_email(sign_up_id: uuid.UUID) -> None:
    """Write to the address of a sign-up: the link, or that there is an account already. A sign-up that ended gets none.

    To an address that an account has left lately, the link that takes it back goes along: a confirmation ends that right.
    """
    row = db.session.get(SignUp, sign_up_id)
    if row is None:
        return
    if people.find_by_email(row.email):
        mail.already_have_account(row)
    elif not _was_an_accounts_since(row):
        left = find_undoable_change(row.email)
        token = tokens.sign(CONFIRM, str(row.id), stamp=row.email_key)
        mail.confirm_address(row, token=token, left=left, undo_token=undo_token(left) if left else "")


def sign_up_of(token: str) -> SignUp:
    """Return the sign-up that a link confirms.

    Raises LinkDead: forged, expired, used, its address was corrected, or has had an account since.
    """
    (sign_up_id,) = tokens.read(CONFIRM, token, max_age=period("confirmation_link"), stamp=_stamp)
    row = get_sign_up(uuid.UUID(sign_up_id))
    if people.find_by_email(row.email) or _was_an_accounts_since(row):
        raise LinkDead
    return row


def _was_an_accounts_since(row: SignUp) -> bool:
    # What was asked for while the address was an account's does not come to life when the account leaves it.
    at_address = or_(EmailChange.old_email_key == row.email_key, EmailChange.new_email_key == row.email_key)
    return bool(db.session.scalar(select(exists().where(at_address, EmailChange.confirmed_at > row.created_at))))


def count_beside(row: SignUp) -> int:
    """Return how many other sign-ups wait for the same address: one of them may be a stranger's, with their password."""
    beside = select(func.count()).select_from(SignUp).where(SignUp.email_key == row.email_key, SignUp.id != row.id)
    return db.session.scalar(beside.where(SignUp.created_at > clock.now() - period("never_confirmed"))) or 0


def _stamp(sign_up_id: str) -> str | None:
    row = db.session.get(SignUp, uuid.UUID(sign_up_id))
    return row.email_key if row else None


def _lock(row: SignUp) -> SignUp:
    """Return the sign-up as it stands now, locked until the unit ends. Raises LinkDead when it has ended."""
    locked = db.lock(SignUp, row.id)
    if locked is None:
        raise LinkDead
    return locked


def confirm_address(token: str) -> Person:
    """Make the account that the link's reader asked for. Raises LinkDead, also for the second of two presses.

    Other sign-ups of the address are dead from now on, but wait until they are purged: were one gone at once, whoever
    made it with somebody else's address would learn that there is an account now.
    """
    row = _lock(sign_up_of(token))
    db.session.delete(row)
    person = _make_person(
        Person(
            name=row.name,
            email=row.email,
            language=row.language,
            time_zone=row.time_zone,
            password_hash=row.password_hash,
            terms_version=row.terms_version,
            terms_accepted_at=row.terms_accepted_at,
        )
    )
    mail.welcome(person)
    return person


@before_writes
def add_person(email: str, *, name: str, password: str, language: str = "en", time_zone: str = "UTC") -> Person:
    """Make an account whose address the operator vouches for: the demo company. Raises LinkDead when there is one."""
    hashed = passwords.hasher().hash(password)
    return _make_person(
        Person(
            name=name,
            email=email,
            language=language,
            time_zone=time_zone,
            password_hash=hashed,
            terms_version=_terms_version(),
            terms_accepted_at=clock.now(),
        )
    )


def _make_person(person: Person) -> Person:
    person.id, person.email_key = uuid.uuid4(), lookup_key(person.email)
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:
        # Somebody else was faster: the address has its one account.
        raise LinkDead from None
    audit.record("accounts.created", subject_id=person.id, by=person.id)
    return person


def _terms_version() -> str:
    return str(documents.get("terms").in_force(clock.today()).number)
