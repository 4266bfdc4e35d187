"""Who gets through the doors of accounts: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "accounts.check_email": PUBLIC,
    "accounts.confirm_identity": SIGNED_IN,
    "accounts.enrol_factor": FRESH,
    "accounts.login": PUBLIC,
    "accounts.logout": PUBLIC,
    "accounts.remove_factor": FRESH,
    "accounts.resend": PUBLIC,
    "accounts.second_factor": PUBLIC,
    "accounts.signup": PUBLIC,
    "accounts.verify_email": PUBLIC,
}
