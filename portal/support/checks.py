"""The promises that this area keeps, each with its check."""

from datetime import timedelta

from flask import current_app
from jinja2 import BaseLoader
from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.claims import UNTIL_ERASED, Effect, register
from portal.kit.db import db
from portal.kit.i18n import _l
from portal.kit.periods import period
from portal.kit.staff_reads import Basis, StaffRead
from portal.support.claim import REPORT_ENDS
from portal.support.models import Attachment, Message, Ticket
from portal.support.service import TICKET_ROLES

GRACE = timedelta(days=1)
ASKED = ("name", "email", "subject", "message", "files")
LETTERS = ("received", "reply")
ENDS = {UNTIL_ERASED, REPORT_ENDS}
"""How a ticket may end. A report of misuse is no customer's, so nobody could ask for its erasure."""


def _form_becomes_ticket() -> Finding:
    methods = {method for rule in current_app.url_map.iter_rules("support.contact") for method in rule.methods or ()}
    page = (current_app.jinja_env.loader or BaseLoader()).get_source(current_app.jinja_env, "support/contact.html")[0]
    lacking = [name for name in ASKED if f"form.{name}" not in page]
    letters = current_app.jinja_env.list_templates(filter_func=lambda name: name.startswith("mail/support/"))
    lacking += [letter for letter in LETTERS if f"mail/support/{letter}/body.txt" not in letters]
    if "POST" not in methods or lacking:
        return failed("missing: " + (", ".join(lacking) or "the form"))
    tickets = db.session.scalar(select(func.count()).select_from(Ticket)) or 0
    mute = _count_mute()
    return failed(f"{mute} tickets without their message") if mute else passed(f"{tickets} tickets")


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
    return failed(", ".join(wrong)) if wrong else passed("kept until erased, and erased on request")


def _files_expire() -> Finding:
    now = clock.now()
    beyond = select(func.count()).select_from(Attachment).where(Attachment.expires_at > now + period("attachment"))
    late = select(func.count()).select_from(Attachment).where(Attachment.expires_at < now - GRACE)
    for clause, words in ((beyond, "expire later than the period allows"), (late, "are overdue")):
        if files := db.session.scalar(clause):
            return failed(f"{files} files {words}")
    total = db.session.scalar(select(func.count()).select_from(Attachment)) or 0
    return passed(f"{total} files, each with its date") if total else nothing_yet("no file yet")


def _read_by_support() -> Finding:
    of_tickets = select(func.count()).select_from(StaffRead).where(StaffRead.basis == Basis.TICKET.value)
    if strange := db.session.scalar(of_tickets.where(StaffRead.role.not_in([role.value for role in TICKET_ROLES]))):
        return failed(f"{strange} reads of tickets by staff who may not read them")
    reads = db.session.scalar(of_tickets) or 0
    return passed(f"{reads} reads of tickets on record") if reads else nothing_yet("staff have opened no ticket yet")


CHECKS = [
    Check(
        promise="P13",
        name="form_becomes_ticket",
        what=_l("The form asks for name, address, message and files, becomes a ticket, and is answered by a letter."),
        run=_form_becomes_ticket,
    ),
    Check(
        promise="P14",
        name="tickets_until_erased",
        what=_l("No sweep touches a customer’s ticket, and an erasure takes it along."),
        run=_no_period_but_erasure,
    ),
    Check(
        promise="P16",
        name="files_expire",
        what=_l("Every file beside a ticket has its date within the period, and none is past it."),
        run=_files_expire,
    ),
    Check(
        promise="P36",
        name="read_by_support",
        what=_l("Every time that staff opened a ticket is on record, and each of them holds a role that may."),
        run=_read_by_support,
    ),
]
