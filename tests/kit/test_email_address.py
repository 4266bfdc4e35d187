"""Two spellings of one mailbox's address are one key; a key is its own key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.email_address import lookup_key

SPELLINGS = [
    ("ada@example.com", "ADA@Example.COM"),
    ("ada@example.com", "  ada@example.com\n"),
    ("ada@bücher.example", "ada@xn--bcher-kva.example"),
    ("ada@BÜCHER.example", "ada@bücher.example"),
    ("straße@example.com", "STRASSE@example.com"),
]
STRANGERS = [
    ("ada@example.com", "ada@example.org"),
    ("ada@example.com", "a.da@example.com"),
    ("ada+news@example.com", "ada@example.com"),
    ("ada@faß.example", "ada@fass.example"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spellings_of_one_mailbox_are_one_key(one, other):
    assert lookup_key(one) == lookup_key(other)


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_two_mailboxes_stay_two(one, other):
    assert lookup_key(one) != lookup_key(other)


@given(st.text() | st.builds("{}@{}".format, st.text(), st.text()))
def test_whatever_was_typed_has_a_key_that_is_its_own_key(typed):
    assert lookup_key(lookup_key(typed)) == lookup_key(typed)
