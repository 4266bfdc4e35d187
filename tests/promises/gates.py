"""Who gets through the doors of promises: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "promises.overview": PUBLIC,
}
