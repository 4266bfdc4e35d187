"""Who gets through the doors of mail: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "mail.email": PUBLIC,
    "mail.email_part": PUBLIC,
    "mail.mailbox": PUBLIC,
    "mail.mailbox_json": PUBLIC,
}
