"""What shows as nothing is nothing, however many characters it has; what is part of a name stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit import characters

NOTHING = [
    "", "   ", "\u3164", "\u200b", "\u2800", "\u115f\u1160", "\u00ad", "\u034f", "\ufeff", "\uffa0", "\u2060",
    "\u200b \u2800",
    "\u180e", "\u200d\u200c", "\ufe0f", "\U000e0020", "\U0001d159", "\u061c", "\u00a0\u3000", "\u17b4\u17b5", "\u200f",
]  # fmt: skip
SOMETHING = [
    "x",
    "\u200bx",
    "王小明",
    "علی‌رضا",
    "👨‍👩‍👧",
    "🏴\U000e0067\U000e0062\U000e007f",
    "·",
    "한",
    "รายงาน",
    "\u0301",
    "🫩",
]


@pytest.mark.parametrize("text", NOTHING, ids=ascii)
def test_what_shows_as_nothing_is_nothing(text):
    assert characters.shows_nothing(text)


@pytest.mark.parametrize("text", SOMETHING, ids=ascii)
def test_what_can_be_seen_is_something(text):
    assert not characters.shows_nothing(text)


@given(st.lists(st.sampled_from(NOTHING), max_size=8), st.characters(categories=["L", "N", "P"]))
def test_one_visible_character_among_any_number_of_blanks_is_seen(blanks, char):
    blank = "".join(blanks)
    assert characters.shows_nothing(blank)
    if not characters.shows_nothing(char):
        assert not characters.shows_nothing(blank + char + blank)


@pytest.mark.parametrize(
    ("line", "kept"),
    [(" \ufeffada@example.com\u200b ", "ada@example.com"), ("\u200bAda  Loom\u2060", "Ada  Loom"), ("❤️", "❤️")],
)
def test_what_comes_along_when_text_is_copied_is_left_off(line, kept):
    assert characters.trimmed(line) == kept
