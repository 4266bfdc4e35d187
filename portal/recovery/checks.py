"""The promises that this area keeps, each with its check."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from flask import current_app

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.kit import clock, tokens
from portal.kit.checks import Check, Finding, failed, passed
from portal.kit.i18n import _l
from portal.kit.periods import period
from portal.kit.refusals import LinkDead
from portal.kit.templating import render
from portal.recovery.service import RESET

ALARMS = ("recovery.wasnt_me", "recovery.not_me", "recovery.report_misuse")
NO_ALARM = {
    "accounts/already_have_account": "nothing was done with the account",
    "accounts/confirm_address": "there is no account yet",
    "accounts/email_change_confirm": "its reader may be a stranger",
    "accounts/email_change_undone": "its reader is a stranger by now",
    "accounts/welcome": "the account is new",
}
"""Letters about an account that need no "This wasn't me", each with its reason. Any other one must hold it."""


@dataclass(frozen=True)
class _Somebody:
    """Nobody's account, in memory only: what a reset link hangs on."""

    password_set_at: datetime
    reset_asked_at: datetime | None
    email_key: str = "nobody@example.com"
    deactivated_at: datetime | None = None


def _reset_link_dies() -> Finding:
    now = clock.now()
    asked = _Somebody(password_set_at=now - timedelta(days=1), reset_asked_at=now)
    token = tokens.sign(RESET, str(uuid.uuid4()), stamp=_stamp(asked) or "")
    later = now + timedelta(seconds=1)
    states = {
        "the password has changed": replace(asked, password_set_at=later),
        "a newer link was asked for": replace(asked, reset_asked_at=later),
        "the address has changed": replace(asked, email_key="somebody@example.com"),
        "the account is closed": replace(asked, deactivated_at=later),
    }
    faults = [f"a link lives on although {why}" for why, state in states.items() if _opens(token, state)]
    if not _opens(token, asked) or not _opens(token, asked):
        faults.append("opening a link spends it")
    if _opens(token[:-1] + ("A" if token[-1] != "A" else "B"), asked):
        faults.append("a forged link opens")
    return failed("; ".join(faults)) if faults else passed(f"{len(states)} changes, each kills the link")


def _stamp(somebody: _Somebody) -> str | None:
    return accounts.reset_stamp(cast("Person", somebody))


def _opens(token: str, state: _Somebody) -> bool:
    try:
        tokens.read(RESET, token, max_age=period("reset_link"), stamp=lambda _id: _stamp(state))
    except LinkDead:
        return False
    return True


def _alarm_at_hand() -> Finding:
    faults = [f"{endpoint} is not there" for endpoint in ALARMS if endpoint not in current_app.view_functions]
    letters = _security_letters()
    faults += [f"{letter} has no link" for letter in letters if not _holds_alarm(letter)]
    if not letters:
        faults.append("no security letter was found")
    return failed("; ".join(faults)) if faults else passed(f"{len(letters)} security letters hold the link")


def _security_letters() -> list[str]:
    names = current_app.jinja_env.list_templates(
        filter_func=lambda name: name.startswith(("mail/accounts/", "mail/recovery/"))
    )
    letters = {"/".join(name.split("/")[1:3]) for name in names}
    return sorted(letters - set(NO_ALARM))


def _holds_alarm(letter: str) -> bool:
    address = "https://portal.example.com/wasnt-me/check"
    values = {"wasnt_me_url": address, "url": "", "name": "", "at": clock.now(), "zone": "UTC", "count": 1, "device": ""}
    return all(address in render(f"mail/{letter}/{part}", **values) for part in ("body.txt", "body.html"))


CHECKS = [
    Check(
        promise="P08",
        name="reset_link_dies",
        what=_l("A reset link opens as often as it is looked at, and dies with any change of what it would change."),
        run=_reset_link_dies,
    ),
    Check(
        promise="P10",
        name="alarm_at_hand",
        what=_l("Every security letter holds “This wasn’t me”, and its pages are there, also for those who are locked out."),
        run=_alarm_at_hand,
    ),
]
