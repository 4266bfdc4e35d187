"""The same stories over HTTP and PostgreSQL: a pair of moves with and without a factor, and all of them with `--in-full`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.takeover import moves
from tests.takeover.stage import SETUPS, Stage, play_all_after, set_up
from tests.takeover.web_hands import WebHands

SAMPLE = [
    (moves.confirms_an_address, SETUPS[0], (moves.adds_a_factor,)),
    (moves.confirms_an_address, SETUPS[1], (moves.says_that_the_factor_is_lost,)),
]
IN_FULL = [(first, setup, moves.MOVES) for first in moves.MOVES for setup in SETUPS]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play all that there is with `--in-full`, and else the sample."""
    stories = IN_FULL if metafunc.config.getoption("in_full") else SAMPLE
    names = [f"{first.__name__}-{setup}" for first, setup, _seconds in stories]
    metafunc.parametrize(("first", "setup", "seconds"), stories, ids=names)


@pytest.fixture
def stage(apps: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage on PostgreSQL, where pages are opened."""
    with set_up(apps("postgresql"), WebHands, monkeypatch) as made:
        yield made


@pytest.mark.takeover
def test_after_any_two_moves_every_defence_gives_the_account_back(stage, first, setup, seconds) -> None:
    assert play_all_after(stage, first, setup, seconds) == []
