"""Who gets through the doors of recovery: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC, SIGNED_IN

DOORS = {
    "recovery.choose_password": PUBLIC,
    "recovery.forgot_password": PUBLIC,
    "recovery.misuse_reported": PUBLIC,
    "recovery.not_me": SIGNED_IN,
    "recovery.report_misuse": PUBLIC,
    "recovery.reset_sent": PUBLIC,
    "recovery.secured": PUBLIC,
    "recovery.undo_email": PUBLIC,
    "recovery.veto_email": PUBLIC,
    "recovery.wasnt_me": PUBLIC,
}
