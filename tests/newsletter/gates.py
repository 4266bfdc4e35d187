"""Who gets through the doors of newsletter: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "newsletter.confirm": PUBLIC,
    "newsletter.email_sent": PUBLIC,
    "newsletter.subscribe": PUBLIC,
    "newsletter.unsubscribe": PUBLIC,
    "newsletter.welcome": PUBLIC,
}
