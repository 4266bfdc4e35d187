"""Who gets through the doors of disabling: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import SIGNED_IN

DOORS = {
    "disabling.disabled": SIGNED_IN,
    "disabling.appeal": SIGNED_IN,
}
