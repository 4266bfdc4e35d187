"""What the values in the tables of the helpdesk mean, to whoever reads their own data."""

from portal.kit.claims import AreaWords, Words, facts
from portal.kit.i18n import _l
from portal.support.models import REASONS as REASONS
from portal.support.models import Author, Removal, TicketKind, TicketState

TICKET_STATES: Words = {
    TicketState.OPEN: _l("Waiting for our reply"),
    TicketState.WAITING: _l("Waiting for your reply"),
    TicketState.CLOSED: _l("Closed"),
}
TICKET_KINDS: Words = {
    TicketKind.CONTACT: _l("A message to us"),
    TicketKind.ACCOUNT_FROZEN: _l("Raised by the portal: your account was locked"),
    TicketKind.MISUSE_REPORTED: _l("A report of misuse"),
}
AUTHORS: Words = {
    Author.CUSTOMER: _l("The customer"),
    Author.STAFF: _l("Our team"),
    Author.SYSTEM: _l("The portal"),
}
REMOVALS: Words = {
    Removal.EXPIRED: _l("Its time was up"),
    Removal.OWNER: _l("You deleted it"),
    Removal.STAFF: _l("Our team removed it"),
}
AREA_WORDS = AreaWords(
    events={
        "support.ticket_opened": _l("Ticket opened"),
        "support.ticket_added_to": _l("Message added to a ticket by the contact form"),
        "support.customer_replied": _l("Replied to a ticket"),
        "support.customer_closed": _l("Closed a ticket"),
        "support.guest_replied": _l("Replied to a ticket by its link"),
        "support.guest_closed": _l("Closed a ticket by its link"),
        "support.ticket_deleted": _l("Ticket deleted"),
        "support.file_deleted": _l("File in a ticket deleted"),
        "support.ticket_answered": _l("Our team replied to a ticket"),
        "support.ticket_closed": _l("Our team closed a ticket"),
        "support.ticket_reopened": _l("Our team opened a ticket again"),
        "support.message_redacted": _l("Our team removed the text of a message"),
        "support.file_redacted": _l("Our team removed a file"),
    },
    facts=facts(
        ticket=_l("ID of the ticket"),
        message=_l("ID of the message"),
        file=_l("ID of the file"),
        files=_l("Number of files"),
        reference=_l("Reference"),
        reason=(_l("Reason"), REASONS),
        subject=_l("The subject too"),
    ),
    emails={
        "support/received": _l("We’ve received your message"),
        "support/reply": _l("Our reply to your ticket"),
        "support/file_removed": _l("We removed a file from your ticket"),
        "support/text_removed": _l("We removed a message from your ticket"),
    },
)
