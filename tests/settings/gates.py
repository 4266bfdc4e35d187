"""Who gets through the doors of settings: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import SIGNED_IN

DOORS = {
    "settings.communication": SIGNED_IN,
}
