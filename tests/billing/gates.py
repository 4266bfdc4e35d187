"""Who gets through the doors of billing: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "billing.plans": PUBLIC,
}
