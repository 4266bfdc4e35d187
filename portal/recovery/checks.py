"""The promises that this area keeps, each with its check."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock, tokens
from portal.kit.checks import Check, Finding, failed_by, passed, state
from portal.kit.i18n import _, _l, ngettext
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.mail import service as mail
from portal.recovery.service import RESET

REPORT_PAGES = ("recovery.wasnt_me", "recovery.not_me", "recovery.report_misuse")
NO_REPORT_LINK = {
    "accounts/already_have_account": "nothing was done with the account",
    "accounts/confirm_address": "there is no account yet",
    "accounts/email_change_confirm": "its reader may be a stranger",
    "accounts/email_change_undone": "its reader is a stranger by now",
    "accounts/welcome": "the account is new",
}
"""Emails about an account that need no "This wasn't me", each with its reason. Any other one must hold it."""


@dataclass(frozen=True)
class _Somebody:
    """Nobody's account, in memory only: what a reset link hangs on."""

    password_set_at: datetime
    reset_requested_at: datetime | None
    email_key: str = "nobody@example.com"
    deactivated_at: datetime | None = None


def _reset_link_dies() -> Finding:
    now = clock.now()
    asked = _Somebody(password_set_at=now - timedelta(days=1), reset_requested_at=now)
    token = tokens.sign(RESET, str(uuid.uuid4()), stamp=_stamp(asked) or "")
    later = now + timedelta(seconds=1)
    states = {
        "outlives_password": replace(asked, password_set_at=later),
        "outlives_newer_link": replace(asked, reset_requested_at=later),
        "outlives_email": replace(asked, email_key="somebody@example.com"),
        "outlives_account": replace(asked, deactivated_at=later),
    }
    faults = [state(code) for code, changed in states.items() if _opens(token, changed)]
    if not _opens(token, asked) or not _opens(token, asked):
        faults.append(state("used_up"))
    if _opens(token[:-1] + ("A" if token[-1] != "A" else "B"), asked):
        faults.append(state("forged"))
    return failed_by(faults) if faults else passed("dies", changes=len(states))


def _stamp(somebody: _Somebody) -> str | None:
    return accounts.reset_stamp(cast("Person", somebody))


def _opens(token: str, somebody: _Somebody) -> bool:
    try:
        tokens.read(RESET, token, max_age=period("reset_link"), stamp=lambda _id: _stamp(somebody))
    except LinkDead:
        return False
    return True


def _report_at_hand() -> Finding:
    faults = [state("no_page", page=endpoint) for endpoint in REPORT_PAGES if endpoint not in current_app.view_functions]
    emails = _security_emails()
    faults += [state("no_link", email=email) for email in emails if not _has_report_link(email)]
    if not emails:
        faults.append(state("no_email"))
    return failed_by(faults) if faults else passed("linked", emails=len(emails))


def _security_emails() -> list[str]:
    names = current_app.jinja_env.list_templates(
        filter_func=lambda name: name.startswith(("mail/accounts/", "mail/recovery/"))
    )
    emails = {"/".join(name.split("/")[1:3]) for name in names}
    return sorted(emails - set(NO_REPORT_LINK))


def _has_report_link(email: str) -> bool:
    address = "https://portal.example.com/wasnt-me/check"
    now, words = clock.now(), {"url": "", "name": "", "zone": "UTC", "count": 1, "device": ""}
    values = {"wasnt_me_url": address, "at": now, "until": now, "due_at": now, **words}
    return all(address in part for part in mail.compose(email, **values))


CHECKS = [
    Check(
        promise="P08",
        name="reset_link_dies",
        what=_l("Opening a reset link doesn’t use it up, and it stops working when the account changes."),
        run=_reset_link_dies,
        says={
            "outlives_password": lambda: _("A link still works after the password has changed."),
            "outlives_newer_link": lambda: _("A link still works after a newer one was sent."),
            "outlives_email": lambda: _("A link still works after the email address has changed."),
            "outlives_account": lambda: _("A link still works after the account was closed."),
            "used_up": lambda: _("Opening a link uses it up."),
            "forged": lambda: _("A forged link works."),
            "dies": lambda changes: ngettext("%(num)s change checked.", "%(num)s changes checked.", changes),
        },
    ),
    Check(
        promise="P10",
        name="report_at_hand",
        what=_l("Every security email has a “This wasn’t me” link, and its pages are there, even if you’re locked out."),
        run=_report_at_hand,
        says={
            "no_page": lambda page: _("The page %(page)s isn’t there.", page=page),
            "no_link": lambda email: _("The email %(email)s has no link.", email=email),
            "no_email": lambda: _("No security email was found."),
            "linked": lambda emails: ngettext("%(num)s security email checked.", "%(num)s security emails checked.", emails),
        },
    ),
]
