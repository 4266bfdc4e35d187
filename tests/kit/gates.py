"""Who gets through the doors of the tools: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "probes.healthz": PUBLIC,
    "probes.metrics": PUBLIC,
    "probes.readyz": PUBLIC,
    "static": PUBLIC,
}
