"""What the values in the tables of the helpdesk mean, to whoever reads their own data."""

from portal.kit.claims import Words
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
