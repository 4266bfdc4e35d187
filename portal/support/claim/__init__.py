"""What the helpdesk holds: until erased, but files not longer than their expiry (P14, P16)."""

from portal.kit.claims import (
    UNTIL_ERASED,
    BlankColumns,
    Chapter,
    DataClaim,
    Ground,
    OrderRule,
    Party,
    RetainFor,
    RetainUntil,
    Table,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import LANGUAGES, _l
from portal.support import service, words
from portal.support.claim.conversations import conversations_of, files_of
from portal.support.claim.parties import in_tickets, messages, named, own_tickets
from portal.support.models import Attachment, Message, RemovedFile, Ticket, TicketKind
from portal.support.service.access import TICKET_ROLES

_WHAT_FOR = _l("To answer you, and to know what was said before.")


REPORT_ENDS = RetainFor(
    "misuse_report",
    since="updated_at",
    where=lambda: Ticket.kind == TicketKind.MISUSE_REPORTED,
    what=_l("A report of misuse"),
)
"""Whoever wrote a report is mostly unknown and cannot ask for its erasure, so it has an end of its own."""


CLAIM = DataClaim(
    area="support",
    title=_l("Support tickets"),
    words=words.AREA_WORDS,
    chapter=Chapter.TICKETS,
    # In the order in which they are deleted: what hangs on a row goes before the row.
    tables=[
        Table(
            Attachment,
            what=_l("Files you attached to a ticket"),
            parties=[Party(lambda subjects: Attachment.message_id.in_(messages(subjects)), through="ticket_message")],
            purpose=_l("To understand what you contacted us about."),
            ground=Ground.CONTRACT,
            retention=RetainUntil("expires_at", _l("Until the file’s expiry date, or until you delete it")),
            by_person=("name", "expires_at"),
            by_staff=[
                staff_may(
                    *TICKET_ROLES,
                    why=_l("Our support staff can delete a file. The ticket says so, and why."),
                    deletes=True,
                )
            ],
            columns={
                "id": technical(_l("ID")),
                "message_id": technical(),
                "file_key": technical(),
                "name": personal(_l("File name")),
                "kind": technical(_l("File type")),
                "size": technical(_l("Size in bytes")),
                "added_at": technical(_l("Added")),
                "expires_at": technical(_l("Expires")),
            },
            before_delete=service.delete_files,
        ),
        Table(
            RemovedFile,
            what=_l("Deleted-file records"),
            parties=[Party(lambda subjects: RemovedFile.message_id.in_(messages(subjects)), through="ticket_message")],
            purpose=_WHAT_FOR,
            ground=Ground.CONTRACT,
            retention=UNTIL_ERASED,
            by_staff=[staff_may(*TICKET_ROLES, why=_l("Our support staff leave one when they delete a file."), adds=True)],
            columns={
                "id": technical(),
                "message_id": technical(),
                "removed_at": technical(_l("Deleted")),
                "why": technical(_l("How it went"), words=words.REMOVALS),
                "reason": technical(_l("Reason"), words=words.REASONS),
            },
        ),
        Table(
            Message,
            what=_l("Messages in your tickets"),
            parties=[
                Party(in_tickets, through="ticket"),
                Party(
                    of_subjects(person=Message.staff_id),
                    on_erasure=BlankColumns(
                        {"staff_id": None},
                        _l("The reply stays in its customer’s ticket. Your account’s ID is removed from it."),
                    ),
                    name="staff",
                    what=_l("Replies you wrote as a member of our team"),
                    shows={"ticket_id": _l("Ticket"), "staff_id": _l("Your account’s ID"), "at": _l("When")},
                    withheld=_l("It’s part of a customer’s ticket."),
                ),
            ],
            purpose=_WHAT_FOR,
            ground=Ground.CONTRACT,
            retention=UNTIL_ERASED,
            fixed=_l("It’s what was written at the time."),
            by_person=("body",),
            by_staff=[
                staff_may(*TICKET_ROLES, why=_l("Our support staff answer."), adds=True),
                staff_may(
                    *TICKET_ROLES,
                    why=_l("They can delete a text. The ticket says so, and why."),
                    empties=("body",),
                    changes=("redacted_at", "redacted_why"),
                ),
            ],
            columns={
                "id": technical(),
                "ticket_id": technical(_l("Ticket")),
                "author": technical(_l("Author"), words=words.AUTHORS),
                "staff_id": personal(_l("ID of the member of our team")),
                "body": personal(_l("Text")),
                "at": technical(_l("When")),
                "redacted_at": technical(_l("Text deleted")),
                "redacted_why": technical(_l("Reason for deleting the text"), words=words.REASONS),
            },
        ),
        Table(
            Ticket,
            what=_l("Support tickets"),
            parties=[
                Party(own_tickets),
                # The words stay until the report's end: they are not of the account that it names. Its address goes with it.
                Party(
                    named,
                    on_erasure=BlankColumns(
                        {"about_id": None, "email": "", "email_key": "", "email_hash": None},
                        _l("The report stays. Your account’s ID and your email address are removed from it."),
                    ),
                    name="named",
                    what=_l("Reports of misuse that name your account"),
                    shows={
                        "about_id": _l("Your account’s ID"),
                        "email": _l("Your email address"),
                        "email_key": _l("Your email address, in the form we search by"),
                        "email_hash": _l("Your email address, as a hash"),
                    },
                    withheld=_l("It’s the reporter’s."),
                    undisclosed=_l(
                        "It would warn whoever has taken over an account, so we never show whether there is one."
                    ),
                ),
            ],
            purpose=_l("To answer you, to know what was said before, and to learn how to improve our products."),
            ground=Ground.CONTRACT,
            retention=(UNTIL_ERASED, REPORT_ENDS),
            by_person=("name", "email", "email_key", "language", "subject", "state", "organisation_id"),
            by_staff=[
                staff_may(
                    *TICKET_ROLES,
                    why=_l("Our support staff mark a ticket as answered, closed or open."),
                    changes=("state", "updated_at"),
                ),
                staff_may(
                    *TICKET_ROLES,
                    why=_l("They can delete a subject line, with its first text."),
                    empties=("subject",),
                ),
                staff_may(
                    *TICKET_ROLES,
                    why=_l("Their search for an email address renews its hash."),
                    changes=("email_hash",),
                ),
            ],
            columns={
                "id": technical(_l("ID")),
                "reference": technical(_l("Reference")),
                "kind": technical(_l("Kind"), words=words.TICKET_KINDS),
                "subject_id": personal(_l("Your account’s ID")),
                "about_id": personal(
                    _l("ID of the account that a report of misuse names"),
                    withheld=_l("It would tell you whether an email address has an account here."),
                ),
                "organisation_id": technical(_l("Shared with the organisation")),
                "name": personal(_l("Your name"), correctable=True),
                "email": personal(_l("Your email address")),
                "email_key": personal(_l("Your email address, in the form we search by")),
                "email_hash": personal(_l("Your email address, as a hash")),
                "language": technical(_l("Language"), words=LANGUAGES),
                "subject": personal(_l("Subject"), correctable=True),
                "state": technical(_l("State"), words=words.TICKET_STATES),
                "urgent": technical(_l("Urgent")),
                "opened_at": technical(_l("Opened")),
                "updated_at": technical(_l("Updated")),
            },
        ),
    ],
    orders=[
        OrderRule("tickets", Ticket, where=service.closed_before, delete=service.delete_closed),
        OrderRule("files", Attachment, where=service.files_added_before, delete=service.delete_old_files),
    ],
    stored={"attachment": Attachment.file_key},
    files=files_of,
    conversations=conversations_of,
)
