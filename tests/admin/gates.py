"""Who gets through the doors of admin: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.privacy.models import ErasureStep, Hold, Request, RequestFile
from portal.support.models import Attachment, Message, Ticket
from tests.rules.gates import CONSOLE, RIGHTS, TICKETS

DOORS = {
    "admin.answer_and_close": TICKETS,
    "admin.answer_and_next": TICKETS,
    "admin.attachment": TICKETS,
    "admin.close": TICKETS,
    "admin.decide_corrections": RIGHTS,
    "admin.enter_request": RIGHTS,
    "admin.erasure_step": RIGHTS,
    "admin.erasures": RIGHTS,
    "admin.evidence": RIGHTS,
    "admin.execute_request": RIGHTS,
    "admin.hold": RIGHTS,
    "admin.holdable": RIGHTS,
    "admin.holdable_records": RIGHTS,
    "admin.holds": RIGHTS,
    "admin.overview": CONSOLE,
    "admin.pause_request": RIGHTS,
    "admin.read_kept": RIGHTS,
    "admin.redact_file": TICKETS,
    "admin.redact_message": TICKETS,
    "admin.release_hold": RIGHTS,
    "admin.reopen": TICKETS,
    "admin.read_request": RIGHTS,
    "admin.requests": RIGHTS,
    "admin.resume_request": RIGHTS,
    "admin.set_hold": RIGHTS,
    "admin.ticket": TICKETS,
    "admin.tickets": TICKETS,
}

THINGS = {
    "admin.answer_and_next": ("ticket_id", Ticket),
    "admin.answer_and_close": ("ticket_id", Ticket),
    "admin.ticket": ("ticket_id", Ticket),
    "admin.close": ("ticket_id", Ticket),
    "admin.reopen": ("ticket_id", Ticket),
    "admin.redact_message": ("message_id", Message),
    "admin.attachment": ("attachment_id", Attachment),
    "admin.redact_file": ("attachment_id", Attachment),
    "admin.hold": ("hold_id", Hold),
    "admin.read_kept": ("hold_id", Hold),
    "admin.release_hold": ("hold_id", Hold),
    "admin.set_hold": ("record_id", Message),
    "admin.read_request": ("request_id", Request),
    "admin.pause_request": ("request_id", Request),
    "admin.decide_corrections": ("request_id", Request),
    "admin.resume_request": ("request_id", Request),
    "admin.execute_request": ("request_id", Request),
    "admin.evidence": ("file_id", RequestFile),
    "admin.erasure_step": ("step_id", ErasureStep),
}
