"""The promises that this area keeps, each with its check."""

from datetime import timedelta

from flask import current_app
from jinja2 import BaseLoader
from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.claims import UNTIL_ERASED, Effect, register
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.periods import period
from portal.kit.staff_reads import Basis, StaffRead
from portal.support.claim import REPORT_ENDS
from portal.support.models import Attachment, Message, Ticket
from portal.support.service import TICKET_ROLES

GRACE = timedelta(days=1)
ASKED = ("name", "email", "subject", "message", "files")
EMAILS = ("received", "reply")
ENDS = {UNTIL_ERASED, REPORT_ENDS}
"""How a ticket may end. A report of misuse is no customer's, so nobody could ask for its erasure."""
OF_TICKETS = (Basis.TICKET.value, Basis.TICKET_LIST.value)


def _form_becomes_ticket() -> Finding:
    methods = {method for rule in current_app.url_map.iter_rules("support.contact") for method in rule.methods or ()}
    page = (current_app.jinja_env.loader or BaseLoader()).get_source(current_app.jinja_env, "support/contact.html")[0]
    lacking = [name for name in ASKED if f"form.{name}" not in page]
    emails = current_app.jinja_env.list_templates(filter_func=lambda name: name.startswith("mail/support/"))
    lacking += [email for email in EMAILS if f"mail/support/{email}/body.html" not in emails]
    if lacking:
        return failed("parts_missing", parts=lacking)
    if "POST" not in methods:
        return failed("no_form")
    tickets = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
    mute = _count_mute()
    return failed("without_message", tickets=mute) if mute else passed("with_message", tickets=tickets)


def _count_mute() -> int:
    said = select(Message.id).where(Message.ticket_id == Ticket.id)
    return db.session.scalar(select(func.count()).select_from(Ticket).where(~said.exists())) or 0


def _no_period_but_erasure() -> Finding:
    found = {table.name: table for claim, table in register().tables() if claim.area == "support"}
    lasting = [found[model.__tablename__] for model in (Ticket, Message)]
    # Without a name: the party whose ticket it is.
    deleted_for = {
        each.table.name for each in register().holdings() if each.effect is Effect.DELETED and each.name == each.table.name
    }
    wrong = [
        table.name
        for table in lasting
        if UNTIL_ERASED not in table.rules or set(table.rules) - ENDS or table.name not in deleted_for
    ]
    return failed("not_until_erased", tables=wrong) if wrong else passed("until_erased")


def _files_expire() -> Finding:
    now = clock.now()
    beyond = select(func.count()).select_from(Attachment).where(Attachment.expires_at > now + period("attachment"))
    late = select(func.count()).select_from(Attachment).where(Attachment.expires_at < now - GRACE)
    if files := db.session.scalar(beyond):
        return failed("too_far_ahead", files=files)
    if files := db.session.scalar(late):
        return failed("overdue", files=files)
    total = db.session.scalar(select(func.count()).select_from(Attachment)) or 0
    return passed("dated", files=total) if total else nothing_yet("no_file")


def _read_by_support() -> Finding:
    of_others = StaffRead.role.not_in([role.value for role in TICKET_ROLES])
    reads = select(func.count()).select_from(StaffRead)
    if strange := db.session.scalar(reads.where(StaffRead.basis.in_(OF_TICKETS), of_others)):
        return failed("by_others", reads=strange)
    opened = db.session.scalar(reads.where(StaffRead.basis == Basis.TICKET.value)) or 0
    return passed("on_record", reads=opened) if opened else nothing_yet("never_opened")


CHECKS = [
    Check(
        promise="P13",
        name="form_becomes_ticket",
        what=_l("The form asks for name, email address, message and files, becomes a ticket and is confirmed by email."),
        run=_form_becomes_ticket,
        says={
            "parts_missing": lambda parts: _("Missing from the form or its emails: %(parts)s.", parts=listed(parts)),
            "no_form": lambda: _("The form can’t be sent."),
            "without_message": lambda tickets: ngettext(
                "%(num)s ticket has no message.", "%(num)s tickets have no message.", tickets
            ),
            "with_message": lambda tickets: ngettext("%(num)s ticket checked.", "%(num)s tickets checked.", tickets),
        },
    ),
    Check(
        promise="P14",
        name="tickets_until_erased",
        what=_l("No clean-up touches a customer’s ticket, and an erasure deletes it."),
        run=_no_period_but_erasure,
        says={
            "not_until_erased": lambda tables: _("Not kept until erased: %(tables)s.", tables=listed(tables)),
            "until_erased": lambda: _("Tickets are kept until erased, and erased on request."),
        },
    ),
    Check(
        promise="P16",
        name="files_expire",
        what=_l("Every file attached to a ticket has an expiry date within the period, and none is past it."),
        run=_files_expire,
        says={
            "too_far_ahead": lambda files: ngettext(
                "%(num)s file expires later than the period allows.",
                "%(num)s files expire later than the period allows.",
                files,
            ),
            "overdue": lambda files: ngettext(
                "%(num)s file is past its expiry date.", "%(num)s files are past their expiry dates.", files
            ),
            "dated": lambda files: ngettext("%(num)s file checked.", "%(num)s files checked.", files),
            "no_file": lambda: _("No files yet."),
        },
    ),
    Check(
        promise="P36",
        name="read_by_support",
        what=_l("Each time our staff open a ticket it’s logged, and whoever opens one has a role that allows it."),
        run=_read_by_support,
        says={
            "by_others": lambda reads: ngettext(
                "A ticket was opened %(num)s time by someone who isn’t allowed to.",
                "Tickets were opened %(num)s times by someone who isn’t allowed to.",
                reads,
            ),
            "on_record": lambda reads: ngettext(
                "Our staff opened a ticket %(num)s time.", "Our staff opened tickets %(num)s times.", reads
            ),
            "never_opened": lambda: _("Our staff haven’t opened a ticket yet."),
        },
    ),
]
