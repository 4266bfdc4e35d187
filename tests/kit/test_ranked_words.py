"""Ranked words: each word of the lists has its rank, no other one has any, and they take a fifth of the memory."""

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import zxcvbn
from hypothesis import given
from hypothesis import strategies as st
from zxcvbn import matching

from portal.kit import password_strength
from portal.kit.ranked_words import RankedWords

LISTS = runpy.run_path(str(Path(zxcvbn.__file__).with_name("frequency_lists.py")))["FREQUENCY_LISTS"]
"""The library's own, which in this process may have been replaced already."""
WORDS = st.lists(st.text(max_size=3), max_size=40)


def size(words: RankedWords) -> int:
    """Return the bytes that a list takes."""
    return sum(sys.getsizeof(getattr(words, name)) for name in RankedWords.__slots__)


def size_as_dictionary(words: Sequence[str]) -> int:
    """Return the bytes that the library's own list takes: a dictionary, the words and the ranks."""
    ranked = matching.build_ranked_dict(words)
    return sys.getsizeof(ranked) + sum(sys.getsizeof(thing) for pair in ranked.items() for thing in pair)


@pytest.fixture(autouse=True)
def lists():
    """The lists as passwords are judged by them."""
    password_strength.load_lists()


@pytest.mark.parametrize("name", LISTS)
def test_each_word_of_a_list_has_the_rank_that_the_library_gave_it(name):
    ranked = matching.RANKED_DICTIONARIES[name]
    assert isinstance(ranked, RankedWords)
    assert [ranked[word] for word in LISTS[name]] == [*range(1, len(LISTS[name]) + 1)]
    assert all(word in ranked for word in LISTS[name])


def test_the_library_holds_these_lists_and_no_other():
    assert {*matching.RANKED_DICTIONARIES} == {*LISTS, "user_inputs"}
    assert matching.FREQUENCY_LISTS == {}


@given(words=WORDS, others=WORDS)
def test_they_answer_as_a_dictionary_does(words, others):
    ranked, dictionary = RankedWords(words), {word: rank for rank, word in enumerate(words, 1)}
    for word in words + others:
        assert (word in ranked) == (word in dictionary)
        if word in dictionary:
            assert ranked[word] == dictionary[word]
        else:
            with pytest.raises(KeyError):
                ranked[word]


def test_they_take_a_fifth_of_the_memory():
    taken = sum(size(matching.RANKED_DICTIONARIES[name]) for name in LISTS)
    assert taken < sum(map(size_as_dictionary, LISTS.values())) / 5
