"""The promise that this area keeps: nobody is disabled by one senior alone, without a reason, or without an appeal (P38)."""

from flask import current_app
from sqlalchemy import exists, func, or_, select

from portal.accounts.models import Person
from portal.disabling.models import Disabling, DisablingState
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext

STAYS_OPEN = ("disabling.disabled", "disabling.appeal", "privacy.start_export", "privacy.delete", "privacy.new_request")
"""What is open to whoever is disabled, whatever else is not."""


def _two_seniors() -> Finding:
    in_force = select(func.count()).select_from(Disabling).where(Disabling.state == DisablingState.IN_FORCE)
    one_alone = or_(
        Disabling.proposed_by == Disabling.decided_by, Disabling.decided_at.is_(None), func.trim(Disabling.reason) == ""
    )
    if alone := db.session.scalar(in_force.where(one_alone)):
        return failed("one_alone", accounts=alone)
    decided = exists().where(Disabling.person_id == Person.id, Disabling.state == DisablingState.IN_FORCE)
    disabled = select(func.count()).select_from(Person).where(Person.disabled_at.is_not(None))
    if undecided := db.session.scalar(disabled.where(~decided)):
        return failed("undecided", accounts=undecided)
    total = db.session.scalar(in_force) or 0
    return passed("decided", accounts=total) if total else nothing_yet("none")


def _rights_stay_open() -> Finding:
    views = current_app.view_functions
    closed = [name for name in STAYS_OPEN if not hasattr(views[name], "open_while_disabled")]
    return failed("closed", pages=closed) if closed else passed("open", pages=len(STAYS_OPEN))


CHECKS = (
    Check(
        promise="P38",
        name="disabled_by_two",
        what=_l("Each account disabled for a breach of the Terms was proposed and decided by two seniors, with a reason."),
        run=_two_seniors,
        says={
            "one_alone": lambda accounts: ngettext(
                "%(num)s account was disabled by one alone or without a reason.",
                "%(num)s accounts were disabled by one alone or without a reason.",
                accounts,
            ),
            "undecided": lambda accounts: ngettext(
                "%(num)s account is disabled without a decision.",
                "%(num)s accounts are disabled without a decision.",
                accounts,
            ),
            "decided": lambda accounts: ngettext(
                "%(num)s disabled account checked.", "%(num)s disabled accounts checked.", accounts
            ),
            "none": lambda: _("No account is disabled."),
        },
    ),
    Check(
        promise="P38",
        name="disabled_can_appeal",
        what=_l("A disabled account still opens its appeal, its copy, its requests and its deletion."),
        run=_rights_stay_open,
        says={
            "closed": lambda pages: _("Closed to a disabled account: %(pages)s.", pages=listed(pages)),
            "open": lambda pages: ngettext("%(num)s page checked.", "%(num)s pages checked.", pages),
        },
    ),
)
