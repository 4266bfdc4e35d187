"""Who gets through the doors of support: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.organisations.models import Organisation
from portal.support.models import Attachment, Ticket
from tests.rules.gates import FRESH, ORGANISATION, PUBLIC, SIGNED_IN

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
    "support.stop_sharing": SIGNED_IN,
    "support.share": ORGANISATION,
    "support.shared_tickets": ORGANISATION,
    "support.shared_ticket": ORGANISATION,
    "support.shared_file": ORGANISATION,
}

THINGS = {
    "support.ticket": ("ticket_id", Ticket),
    "support.delete_ticket": ("ticket_id", Ticket),
    "support.close": ("ticket_id", Ticket),
    "support.stop_sharing": ("ticket_id", Ticket),
    **{endpoint: ("organisation_id", Organisation) for endpoint, gate in DOORS.items() if gate == ORGANISATION},
    "support.attachment": ("attachment_id", Attachment),
    "support.delete_file": ("attachment_id", Attachment),
}
