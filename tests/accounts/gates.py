"""Who gets through the doors of accounts: read by a person, tried by tests/rules/test_who_may_enter.py."""

from portal.accounts.models import SignInSession
from tests.rules.gates import FRESH, PUBLIC, SIGNED_IN

DOORS = {
    "accounts.avatar": SIGNED_IN,
    "accounts.avatar_photo": SIGNED_IN,
    "accounts.cancel_email_change": SIGNED_IN,
    "accounts.check_email": PUBLIC,
    "accounts.codes_file": FRESH,
    "accounts.confirm_email": PUBLIC,
    "accounts.confirm_identity": SIGNED_IN,
    "accounts.confirm_removal": PUBLIC,
    "accounts.delete_history": FRESH,
    "accounts.email": FRESH,
    "accounts.enrol_factor": FRESH,
    "accounts.keep_factor": SIGNED_IN,
    "accounts.login": PUBLIC,
    "accounts.logout": PUBLIC,
    "accounts.lost_factor": PUBLIC,
    "accounts.lost_phone": PUBLIC,
    "accounts.password": FRESH,
    "accounts.profile": SIGNED_IN,
    "accounts.recovery_code": PUBLIC,
    "accounts.recovery_codes": FRESH,
    "accounts.removal_requested": PUBLIC,
    "accounts.remove_avatar": SIGNED_IN,
    "accounts.remove_factor": FRESH,
    "accounts.replace_factor": FRESH,
    "accounts.request_removal": PUBLIC,
    "accounts.request_removal_inside": SIGNED_IN,
    "accounts.resend": PUBLIC,
    "accounts.revoke_others": SIGNED_IN,
    "accounts.revoke_session": SIGNED_IN,
    "accounts.save_codes": FRESH,
    "accounts.second_factor": PUBLIC,
    "accounts.security": SIGNED_IN,
    "accounts.send_email_change_again": FRESH,
    "accounts.signup": PUBLIC,
    "accounts.stop_removal": PUBLIC,
    "accounts.verify_email": PUBLIC,
}

THINGS = {
    "accounts.revoke_session": ("session_id", SignInSession),
}
