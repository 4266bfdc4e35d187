"""Emails about an account. An email to an address that nobody confirmed yet repeats nothing that a stranger typed."""

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from portal.accounts.models import EmailChange, Person, SignUp
from portal.kit import clock, tokens
from portal.kit.email_address import lookup_key
from portal.kit.links import external_url
from portal.mail import service as mail

WASNT_ME = tokens.LinkPurpose("wasnt_me")
ACT = "act"
"""Mark of an email that tells of what somebody did inside the account; others a stranger can cause from outside."""


def mailbox_mark(person_id: uuid.UUID, email: str) -> str:
    """Return what stands for a mailbox in links that went to it: they end when it has no say about the account any more."""
    return hashlib.sha256(f"{person_id} {lookup_key(email)}".encode()).hexdigest()[:32]


def wasnt_me_url(person: Person, *, to: str | None = None, tells_of_act: bool = False) -> str:
    """Return the address that stops whoever did what an email tells of (P10), which goes to the account's address or `to`.

    It knows when the email was written, to which mailbox, and whether it tells of something that only somebody inside
    the account can have done.
    """
    act = ACT if tells_of_act else ""
    token = tokens.sign(WASNT_ME, str(person.id), clock.now().isoformat(), mailbox_mark(person.id, to or person.email), act)
    return external_url("recovery.wasnt_me", token=token)


def confirm_address(sign_up: SignUp, *, token: str, left: EmailChange | None, undo_token: str) -> None:
    """The link that confirms an address and makes the account.

    `left` is the change by which another account has left the address and which the link of `undo_token` takes back.
    """
    mail.send(
        "accounts/confirm_address",
        to=mail.Recipient(sign_up.email, sign_up.language),
        url=external_url("accounts.verify_email", token=token),
        left_at=left.left_at if left else None,
        undo_url=external_url("recovery.undo_email", token=undo_token) if left else "",
    )


def already_have_account(sign_up: SignUp) -> None:
    """Tell the owner of an address that it has an account already, in place of the link."""
    mail.send(
        "accounts/already_have_account",
        to=mail.Recipient(sign_up.email, sign_up.language),
        url=external_url("accounts.login"),
    )


def welcome(person: Person) -> None:
    """Say that the account is ready, what it holds and where one's rights are."""
    mail.send(
        "accounts/welcome",
        to=recipient(person),
        url=external_url("accounts.login"),
    )


def new_sign_in(person: Person, *, device: str, at: datetime) -> None:
    """Tell of a sign-in from a device that the history does not know (v5.0.0-6.3.5)."""
    mail.send(
        "accounts/new_sign_in",
        to=recipient(person),
        device=device,
        at=at,
        wasnt_me_url=wasnt_me_url(person, tells_of_act=True),
    )


def failed_sign_ins(person: Person, *, count: int, at: datetime, is_full: bool) -> None:
    """Tell of many failed sign-ins (v5.0.0-6.3.5); `is_full` when there were as many in a row as are let pass."""
    mail.send(
        "accounts/failed_sign_ins",
        to=recipient(person),
        count=count,
        at=at,
        is_full=is_full,
        wasnt_me_url=wasnt_me_url(person),
    )


def password_changed(person: Person) -> None:
    """Tell of a new password (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/password_changed",
        to=recipient(person),
        at=clock.now(),
        wasnt_me_url=wasnt_me_url(person, tells_of_act=True),
    )


def factor_added(person: Person) -> None:
    """Tell of a second factor that was set up (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/factor_added", to=recipient(person), at=clock.now(), wasnt_me_url=wasnt_me_url(person, tells_of_act=True)
    )


def factor_removed(person: Person) -> None:
    """Tell of a second factor that was removed (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/factor_removed", to=recipient(person), at=clock.now(), wasnt_me_url=wasnt_me_url(person, tells_of_act=True)
    )


def factor_replaced(person: Person) -> None:
    """Tell of a new app in the place of the old one (v5.0.0-6.3.7)."""
    wasnt_me = wasnt_me_url(person, tells_of_act=True)
    mail.send("accounts/factor_replaced", to=recipient(person), at=clock.now(), wasnt_me_url=wasnt_me)


def factor_removal_requested(person: Person, *, token: str) -> None:
    """The link by which the account's mailbox confirms that a factor is lost.

    Whoever asked knows the password, and need not be inside: its "This wasn't me" takes no factor from before it away.
    """
    mail.send(
        "accounts/factor_removal_requested",
        to=recipient(person),
        at=clock.now(),
        url=external_url("accounts.confirm_removal", token=token),
        wasnt_me_url=wasnt_me_url(person),
    )


def factor_removal_begun(person: Person, *, to: str, due_at: datetime, token: str) -> None:
    """Tell an address of the account when a lost factor goes, with the link that stops it (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/factor_removal_begun",
        to=replace(recipient(person), email=to),
        due_at=due_at,
        was_yours=to != person.email,
        url=external_url("accounts.stop_removal", token=token),
        wasnt_me_url=wasnt_me_url(person, to=to),
    )


def factor_removal_reminder(person: Person, *, to: str, due_at: datetime, token: str) -> None:
    """Tell it once more, before the day."""
    mail.send(
        "accounts/factor_removal_reminder",
        to=replace(recipient(person), email=to),
        due_at=due_at,
        was_yours=to != person.email,
        url=external_url("accounts.stop_removal", token=token),
        wasnt_me_url=wasnt_me_url(person, to=to),
    )


def factor_removal_stopped(person: Person, *, to: str) -> None:
    """Tell an address that the factor stays: whoever has lost it would wait in vain."""
    mail.send(
        "accounts/factor_removal_stopped",
        to=replace(recipient(person), email=to),
        at=clock.now(),
        was_yours=to != person.email,
        wasnt_me_url=wasnt_me_url(person, to=to),
    )


def factor_removal_done(person: Person, *, to: str) -> None:
    """Tell an address that a lost factor is gone (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/factor_removal_done",
        to=replace(recipient(person), email=to),
        at=clock.now(),
        was_yours=to != person.email,
        url=external_url("accounts.login"),
        wasnt_me_url=wasnt_me_url(person, to=to),
    )


def recovery_codes_made(person: Person) -> None:
    """Tell of new recovery codes (v5.0.0-6.3.7)."""
    wasnt_me = wasnt_me_url(person, tells_of_act=True)
    mail.send("accounts/recovery_codes_made", to=recipient(person), at=clock.now(), wasnt_me_url=wasnt_me)


def recovery_code_used(person: Person, *, left: int, is_few: bool) -> None:
    """Tell that a recovery code was used, and how many are left (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/recovery_code_used",
        to=recipient(person),
        at=clock.now(),
        count=left,
        is_few=is_few,
        wasnt_me_url=wasnt_me_url(person, tells_of_act=True),
    )


def email_change_confirm(person: Person, *, to: str, token: str, time_left: timedelta) -> None:
    """The link by which a mailbox takes an account over. It is nobody's yet, so it reads no name and no other address.

    Nor is it counted among the emails to the person who asked: whether it was written says whether the address is free.
    """
    mail.send(
        "accounts/email_change_confirm",
        to=mail.Recipient(to, person.language, person.time_zone),
        url=external_url("accounts.confirm_email", token=token),
        time_left=timedelta(minutes=max(1, round(time_left / timedelta(minutes=1)))),
    )


def email_change_requested(person: Person, *, new_email: str, veto_token: str) -> None:
    """Tell the present mailbox at once that another one is to take its place, with the link that stops it."""
    url = external_url("recovery.veto_email", token=veto_token)
    wasnt_me = wasnt_me_url(person, tells_of_act=True)
    mail.send(
        "accounts/email_change_requested",
        to=recipient(person),
        new_email=new_email,
        at=clock.now(),
        url=url,
        wasnt_me_url=wasnt_me,
    )


def email_change_taken(owner: Person) -> None:
    """Tell the owner of an address that somebody requested it for another account, in place of the link."""
    mail.send("accounts/email_change_taken", to=recipient(owner), at=clock.now(), wasnt_me_url=wasnt_me_url(owner))


def email_change_done_old(person: Person, *, change: EmailChange, undo_token: str) -> None:
    """Tell the mailbox that was left (v5.0.0-6.3.7). Its one link takes the change back: that is its "This wasn't me"."""
    mail.send(
        "accounts/email_change_done_old",
        to=replace(recipient(person), email=change.old_email),
        new_email=person.email,
        at=change.left_at,
        wasnt_me_url=external_url("recovery.undo_email", token=undo_token),
    )


def email_change_done_new(person: Person) -> None:
    """Tell the mailbox that the account has now (v5.0.0-6.3.7)."""
    mail.send(
        "accounts/email_change_done_new",
        to=recipient(person),
        at=clock.now(),
        wasnt_me_url=wasnt_me_url(person, tells_of_act=True),
    )


def email_change_undone(person: Person, *, to: str) -> None:
    """Tell the mailbox whose change was taken back. It is a stranger's by now: no name, no link."""
    mail.send(
        "accounts/email_change_undone",
        to=mail.Recipient(to, person.language, person.time_zone, subject_id=person.id),
        at=clock.now(),
    )


def recipient(person: Person) -> mail.Recipient:
    """Return a person as whoever an email of theirs goes to."""
    return mail.Recipient(person.email, person.language, person.time_zone, person.name, subject_id=person.id)
