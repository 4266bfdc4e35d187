"""Who gets through the doors of support: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.support.models import Attachment, Ticket
from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "support.attachment": SIGNED_IN,
    "support.contact": PUBLIC,
    "support.delete_ticket": FRESH,
    "support.delete_file": SIGNED_IN,
    "support.guest_attachment": PUBLIC,
    "support.guest_close": PUBLIC,
    "support.guest_delete_file": PUBLIC,
    "support.guest_ticket": PUBLIC,
    "support.overview": SIGNED_IN,
    "support.received": PUBLIC,
    "support.close": SIGNED_IN,
    "support.ticket": SIGNED_IN,
}

THINGS = {
    "support.ticket": ("ticket_id", Ticket),
    "support.delete_ticket": ("ticket_id", Ticket),
    "support.close": ("ticket_id", Ticket),
    "support.attachment": ("attachment_id", Attachment),
    "support.delete_file": ("attachment_id", Attachment),
}
