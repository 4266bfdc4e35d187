"""Sign-in: one hash for everybody, the same answer to all who are wrong, a second step for those who set one up."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.accounts.models import Person
from portal.accounts.service import closing_links, factors, failed_tries, history, known_browsers, people, sessions
from portal.accounts.service.entries import entry_of
from portal.accounts.service.passwords import check_password, find_verdict, refresh_hash
from portal.accounts.service.sessions import SignedIn
from portal.kit import audit, passwords, throttle, tokens
from portal.kit.actor import Actor
from portal.kit.clients import ClientKey
from portal.kit.email_address import lookup_key
from portal.kit.periods import period
from portal.kit.refusals import LinkDead, NotFound, Refusal
from portal.kit.throttle import Spend
from portal.kit.unit import before_writes

FAILURES_PER_ACCOUNT = "10 per 5 minutes"
FAILURES_PER_CLIENT = "100 per 5 minutes"
SECOND_STEP = tokens.LinkPurpose("accounts.second_step")


class SignInRefused(Refusal):
    """The address and the password do not belong together; whether the address has an account is not said."""


class AccountFrozen(Refusal):
    """The password is right, but the account waits for a new one ("This wasn't me")."""


class AccountClosing(Refusal):
    """The proof is whole, but the account is about to be deleted; carries the `token` of the undo and until when."""

    def __init__(self, person: Person, deactivated_at: datetime) -> None:
        super().__init__()
        self.token = closing_links.undo_deletion_token(person, to=person.email)
        self.gone_at = deactivated_at + period("deletion_undo")


@dataclass(frozen=True)
class Attempt:
    """What a browser sends to get in, and what it is: its label, its address, what it held before, where it is known."""

    email: str
    password: str
    remember: bool
    device: str
    client: ClientKey
    replaces: uuid.UUID | None = None
    marks: Sequence[str] = ()


@dataclass(frozen=True)
class SecondStep:
    """The password is right and a code is asked: this token stands for the half that is proven."""

    token: str


@dataclass(frozen=True)
class FirstHalf:
    """The half of a sign-in that is proven: whose password was right, and whether it is long enough to stand alone."""

    person_id: uuid.UUID
    remember: bool
    stands_alone: bool


@dataclass(frozen=True)
class _Proven:
    """A person as they stood when their password was checked: what moves afterwards is not covered by it."""

    person_id: uuid.UUID
    stamp: str
    verdict: str | None = None
    """What the password was found hard to guess by."""


@before_writes
def sign_in(attempt: Attempt) -> SignedIn | SecondStep:
    """Let a person in, or ask for the second step.

    Raises SignInRefused, also for the right password after too many wrong ones in a row, AccountFrozen, AccountClosing;
    TooManyTries, also for the right password, and the same for an address without an account (v5.0.0-6.3.1); Busy.
    """
    person, has_factor = people.find_with_factor(attempt.email)
    browser = known_browsers.find_browser(person, marks=attempt.marks)
    counts = _counts(attempt, person, browser)
    # Taken down now: hashing gives the connection back, and reading once more would take longer for those who exist.
    proven = _Proven(person.id, _stamp(person)) if person else None
    throttle.consume_each(counts)
    right = passwords.hasher().verify(person.password_hash if person else None, attempt.password)
    if person is None or proven is None or not right or _is_locked(person, browser):
        wrong = failed_tries.Wrong.IN_KNOWN_BROWSER if browser else failed_tries.Wrong.ELSEWHERE
        failed_tries.note_failure_later(proven.person_id if proven else None, device=attempt.device, wrong=wrong)
        raise SignInRefused
    throttle.refund_each(counts)
    if person.frozen_at:
        raise AccountFrozen
    verdict = None if has_factor else find_verdict(person, password=attempt.password)
    refresh_hash(person, password=attempt.password, fits=right)
    if has_factor:
        return _ask_code(proven, attempt)
    _check_open(person)
    proven = replace(proven, verdict=verdict)
    opened = _enter(proven, attempt.device, attempt.remember, attempt.replaces, browser, by_second_factor=False)
    return replace(opened, password_is_weak=verdict is None)


def _ask_code(proven: _Proven, attempt: Attempt) -> SecondStep:
    remember = "1" if attempt.remember else ""
    alone = "1" if passwords.is_long_enough(attempt.password, least=passwords.MIN_ALONE) else ""
    return SecondStep(tokens.sign(SECOND_STEP, str(proven.person_id), remember, alone, stamp=proven.stamp))


def _counts(attempt: Attempt, person: Person | None, browser: str | None) -> list[Spend]:
    """Return what a try spends: of its place, and of the account or the known browser."""
    place = Spend("accounts.sign_in_client", attempt.client, FAILURES_PER_CLIENT)
    if person and browser:
        key = known_browsers.count_key(person.id, browser=browser)
        return [place, Spend("accounts.sign_in_known", key, FAILURES_PER_ACCOUNT)]
    return [place, Spend("accounts.sign_in", lookup_key(attempt.email), FAILURES_PER_ACCOUNT)]


def _is_locked(person: Person, browser: str | None) -> bool:
    # Wrong and right are answered alike: the answer must not tell a guesser that the password was found.
    return browser is None and person.wrong_passwords >= known_browsers.MOST_WRONG


def _check_open(person: Person) -> None:
    # Asked of a proof that is whole: the way back into a closed account is a way into the account.
    if person.deactivated_at:
        raise AccountClosing(person, person.deactivated_at)


def _stamp(person: Person) -> str:
    return f"{person.password_set_at.isoformat()} {person.frozen_at} {person.deactivated_at}"


def _enter(
    proven: _Proven,
    device: str,
    remember: bool,
    replaces: uuid.UUID | None,
    browser: str | None,
    *,
    by_second_factor: bool,
) -> SignedIn:
    """Open the session, if nothing that the proof stood on has moved since it was given."""
    person = people.lock_person(proven.person_id)
    if _stamp(person) != proven.stamp:
        raise SignInRefused
    entry = entry_of(person.id, device=device)
    if entry.factor_set_up_at and not by_second_factor:
        # It was set up while the password was being checked.
        raise SignInRefused
    if proven.verdict:
        person.password_verdict = proven.verdict
    history.note_success(person, device=device, in_known_browser=browser is not None, entry=entry)
    audit.record("accounts.signed_in", subject_id=person.id, by=person.id, second_factor=by_second_factor)
    opened = sessions.open_session(
        person.id, device=device, remember=remember, replaces=replaces, by_second_factor=by_second_factor, entry=entry
    )
    return replace(opened, mark=known_browsers.mark_at_entry(person.id, browser=browser, entry=entry))


@before_writes
def finish_sign_in(
    token: str, *, code: str, device: str, replaces: uuid.UUID | None = None, marks: Sequence[str] = ()
) -> SignedIn:
    """Let a person in who has given the password, by a code of the app or a recovery code.

    Raises LinkDead when the first half is too old or the account has changed since, CodeWrong, CodesUnreadable,
    TooManyTries, Busy, AccountClosing.
    """
    step = read_step(token)
    person = people.get_person(step.person_id)
    proven, browser = _Proven(person.id, _stamp(person)), known_browsers.find_browser(person, marks=marks)
    count = known_browsers.count_key(person.id, browser=browser) if browser else None
    try:
        left = factors.consume_code(proven.person_id, code=code, count=count)
    except factors.CodeWrong:
        failed_tries.note_failure_later(proven.person_id, device=device, wrong=failed_tries.Wrong.CODE)
        raise
    _check_open(person)
    try:
        opened = _enter(proven, device, step.remember, replaces, browser, by_second_factor=True)
    except SignInRefused:
        # The account has changed while the code was being checked.
        raise LinkDead from None
    return replace(opened, recovery_codes_left=left)


def read_step(token: str) -> FirstHalf:
    """Return whose password was right. Raises LinkDead when that is too long ago or the account has changed since."""
    values = tokens.read(SECOND_STEP, token, max_age=period("human_code"), stamp=_stamp_of, count=3)
    return FirstHalf(uuid.UUID(values[0]), remember=bool(values[1]), stands_alone=bool(values[2]))


def _stamp_of(person_id: str, *_rest: str) -> str | None:
    try:
        return _stamp(people.get_person(uuid.UUID(person_id)))
    except NotFound:
        return None


@before_writes
def confirm_it_is_you(actor: Actor, *, password: str, device: str, code: str = "") -> SignedIn:
    """Take a new proof of identity: the session is fresh again, under another secret (v5.0.0-7.5.1, 7.2.4).

    A person with a second factor gives both. Raises WrongPassword, CodeWrong, CodesUnreadable, TooManyTries, Busy.
    """
    check_password(actor, password=password, device=device)
    left = None
    if actor.has_second_factor:
        try:
            left = factors.consume_code(actor.require_id(), code=code)
        except factors.CodeWrong:
            wrong = failed_tries.Wrong.CODE
            failed_tries.note_failure_later(actor.person_id, device=device, wrong=wrong, session_id=actor.session_id)
            raise
    audit.record("accounts.identity_confirmed", subject_id=actor.person_id, by=actor.person_id)
    return replace(sessions.renew_session(actor, by_second_factor=actor.has_second_factor), recovery_codes_left=left)


@before_writes
def give_second_factor(actor: Actor, *, code: str) -> SignedIn:
    """Add the second factor to a session that was opened without it.

    Raises CodeWrong, CodesUnreadable, TooManyTries, Busy.
    """
    left = factors.consume_code(people.person_for(actor).id, code=code)
    audit.record("accounts.second_factor_given", subject_id=actor.person_id, by=actor.person_id)
    return replace(sessions.renew_session(actor, by_second_factor=True), recovery_codes_left=left)


def sign_out(actor: Actor) -> None:
    """End the session of this browser; without one there is nothing to do."""
    if actor.session_id is not None:
        try:
            sessions.end_session(actor.session_id, by=actor)
        except NotFound:
            return
