"""Who gets through the doors of privacy: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.privacy.models import Export, Request
from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "privacy.data": SIGNED_IN,
    "privacy.data_line": SIGNED_IN,
    "privacy.data_part": SIGNED_IN,
    "privacy.ask": PUBLIC,
    "privacy.own_request": PUBLIC,
    "privacy.reply_to_request": PUBLIC,
    "privacy.send_code": PUBLIC,
    "privacy.withdraw_request": PUBLIC,
    "privacy.my_request": SIGNED_IN,
    "privacy.new_request": SIGNED_IN,
    "privacy.reply_to_mine": SIGNED_IN,
    "privacy.withdraw_mine": SIGNED_IN,
    "privacy.choose_export": FRESH,
    "privacy.delete": FRESH,
    "privacy.delete_export": SIGNED_IN,
    "privacy.deletion_begun": PUBLIC,
    "privacy.export": SIGNED_IN,
    "privacy.export_file": FRESH,
    "privacy.export_page": FRESH,
    "privacy.export_progress": SIGNED_IN,
    "privacy.formats": PUBLIC,
    "privacy.holds": SIGNED_IN,
    "privacy.overview": SIGNED_IN,
    "privacy.public_keys": PUBLIC,
    "privacy.receipt": PUBLIC,
    "privacy.receipt_file": PUBLIC,
    "privacy.requests": SIGNED_IN,
    "privacy.lift_restriction": SIGNED_IN,
    "privacy.restrict": SIGNED_IN,
    "privacy.restriction": SIGNED_IN,
    "privacy.start_export": FRESH,
    "privacy.undo": PUBLIC,
    "privacy.verifier": PUBLIC,
    "privacy.who_looked": SIGNED_IN,
}

THINGS = {
    "privacy.my_request": ("request_id", Request),
    "privacy.reply_to_mine": ("request_id", Request),
    "privacy.withdraw_mine": ("request_id", Request),
    "privacy.export": ("export_id", Export),
    "privacy.export_file": ("export_id", Export),
    "privacy.export_page": ("export_id", Export),
    "privacy.export_progress": ("export_id", Export),
    "privacy.delete_export": ("export_id", Export),
}
