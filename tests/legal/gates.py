"""Who gets through the doors of legal: read by a person, tried by tests/rules/test_who_may_enter.py."""

from tests.rules.gates import PUBLIC

DOORS = {
    "legal.change_password": PUBLIC,
    "legal.cookies": PUBLIC,
    "legal.eula": PUBLIC,
    "legal.history": PUBLIC,
    "legal.privacy": PUBLIC,
    "legal.security": PUBLIC,
    "legal.security_txt": PUBLIC,
    "legal.terms": PUBLIC,
    "legal.vendors": PUBLIC,
}
