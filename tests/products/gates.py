"""Who gets through the doors of products: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "products.confirm": PUBLIC,
}
