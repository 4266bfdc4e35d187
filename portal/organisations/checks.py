"""The promises that this area keeps: who sees what is one list, every organisation has an Owner (P35), late products (P41).

And its part of P09: staff never change who is an Owner or a Billing Administrator.
"""

from dataclasses import fields
from datetime import timedelta

from flask import current_app
from sqlalchemy import exists, func, select

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import access, clock, staff_checks, visibility
from portal.kit.actor import OrganisationRole
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.periods import period
from portal.kit.scopes import across
from portal.organisations import service
from portal.organisations.models import Dissolution, DissolutionCall, Membership, Organisation, Recovery

GRACE = timedelta(hours=3)
"""How late hourly work may be before a promise counts as broken."""
IDS = frozenset({"id", "person_id", "shown"})
"""What a colleague carries besides what is shown of them."""
PAGES = ("organisations.members", "organisations.member")


def _only_what_is_listed() -> Finding:
    printed = {each.key: each.to for each in visibility.visible()}
    more = {each.name for each in fields(service.Colleague)} - IDS - printed.keys()
    if more:
        return failed("more", fields=sorted(more))
    see_some = frozenset().union(*printed.values())
    open_to_more = [page for page in PAGES if access.tag_of(current_app, page).within - see_some]
    return failed("pages", pages=open_to_more) if open_to_more else passed("listed", things=len(printed))


@across("every organisation is counted, and nothing of it is read")
def _always_an_owner() -> Finding:
    has_owner = exists().where(Membership.organisation_id == Organisation.id, Membership.role == OrganisationRole.OWNER)
    standing = select(func.count()).select_from(Organisation).where(Organisation.dissolved_at.is_(None))
    total, without = db.session.scalar(standing) or 0, db.session.scalar(standing.where(~has_owner)) or 0
    if without:
        return failed("without", organisations=without)
    return passed("owned", organisations=total) if total else nothing_yet("none")


@across("what is late is counted, whoever's it is")
def _late_products_named() -> Finding:
    overdue = DissolutionCall.asked_at <= clock.now() - period("step_confirmation") - GRACE
    unnamed = select(func.count()).select_from(DissolutionCall)
    unnamed = unnamed.where(DissolutionCall.confirmed_at.is_(None), DissolutionCall.named_at.is_(None), overdue)
    if calls := db.session.scalar(unnamed):
        return failed("unnamed", calls=calls)
    if fault := find_run_fault("organisations.name_late_products", grace=GRACE):
        return failed_by([fault])
    waiting = db.session.scalar(select(func.count()).select_from(DissolutionCall)) or 0
    return passed("waiting", calls=waiting) if waiting else nothing_yet("none_waits")


@across("what waits is counted, whoever's it is")
def _countdowns_on_time() -> Finding:
    if late := service.count_late(Dissolution, grace=GRACE) + service.count_late(Recovery, grace=GRACE):
        return failed("late", late=late)
    if fault := find_run_fault("organisations.enqueue_due", grace=GRACE):
        return failed_by([fault])
    waiting = service.count_waiting(Dissolution) + service.count_waiting(Recovery)
    return passed("counting", waiting=waiting) if waiting else nothing_yet("no_countdown")


CHECKS = (
    Check(
        promise="P09",
        name="staff_write_no_role",
        what=_l(
            "Whatever staff write passes a guard. It refuses Owners, Billing Administrators and Members, in every role."
        ),
        run=lambda: staff_checks.refused(*staff_checks.columns_of(Membership)),
        says=staff_checks.SAYS,
    ),
    Check(
        promise="P35",
        name="only_what_is_listed",
        what=_l("Others in an organisation are shown only what the published list names, each role its own part of it."),
        run=_only_what_is_listed,
        says={
            "more": lambda fields: _("Shown, but not on the list: %(fields)s.", fields=listed(fields)),
            "pages": lambda pages: _("Open to a role that the list doesn’t name: %(pages)s.", pages=listed(pages)),
            "listed": lambda things: ngettext("The list names %(num)s thing.", "The list names %(num)s things.", things),
        },
    ),
    Check(
        promise="P35",
        name="always_an_owner",
        what=_l("Every organisation has an Owner."),
        run=_always_an_owner,
        says={
            "without": lambda organisations: ngettext(
                "%(num)s organisation has no Owner.", "%(num)s organisations have no Owner.", organisations
            ),
            "owned": lambda organisations: ngettext(
                "%(num)s organisation checked.", "%(num)s organisations checked.", organisations
            ),
            "none": lambda: _("There’s no organisation yet."),
        },
    ),
    Check(
        promise="P41",
        name="countdowns_on_time",
        what=_l("An organisation is dissolved, or gets an Owner who asked, only after everyone was told and reminded."),
        run=_countdowns_on_time,
        says={
            **RUN_FAULTS,
            "late": lambda late: ngettext("%(num)s organisation is late.", "%(num)s organisations are late.", late),
            "counting": lambda waiting: ngettext(
                "%(num)s organisation waits for its day.", "%(num)s organisations wait for their day.", waiting
            ),
            "no_countdown": lambda: _("No organisation waits for a day."),
        },
    ),
    Check(
        promise="P41",
        name="late_products_named",
        what=_l("A product that is slow to delete what a dissolved organisation made is reported to whoever dissolved it."),
        run=_late_products_named,
        says={
            **RUN_FAULTS,
            "unnamed": lambda calls: ngettext(
                "%(num)s product is late, and nobody was told.", "%(num)s products are late, and nobody was told.", calls
            ),
            "waiting": lambda calls: ngettext("%(num)s product call open.", "%(num)s product calls open.", calls),
            "none_waits": lambda: _("No product has anything to confirm."),
        },
    ),
)
