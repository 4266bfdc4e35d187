"""Who gets through the doors of licences: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "licences.activate": PUBLIC,
    "licences.deactivate": PUBLIC,
    "licences.revoked": PUBLIC,
    "licences.verifier": PUBLIC,
    "licences.vectors": PUBLIC,
}
