"""Who gets through the doors of home: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC, SIGNED_IN

DOORS = {
    "home.home": SIGNED_IN,
    "home.start": PUBLIC,
}
