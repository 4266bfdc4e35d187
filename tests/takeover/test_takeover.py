"""An account goes back to its owner, whatever a thief did first: every ordered pair of moves, against every defence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.takeover import defences, moves, playing
from tests.takeover.beginning import begin
from tests.takeover.defences import Defence, Why
from tests.takeover.service_hands import ServiceHands
from tests.takeover.stage import SETUPS, Move, Stage, play_all_after, set_up


@pytest.fixture
def stage(apps: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage on SQLite, where services are called."""
    with set_up(apps("sqlite"), ServiceHands, monkeypatch) as made:
        yield made


@pytest.mark.parametrize("setup", SETUPS)
@pytest.mark.parametrize("first", moves.MOVES, ids=lambda move: move.__name__)
def test_after_any_two_moves_every_defence_gives_the_account_back(stage: Stage, first: Move, setup: str) -> None:
    assert play_all_after(stage, first, setup, moves.MOVES) == []


ALONE: tuple[tuple[Defence, Move], ...] = (
    (defences.resets, moves.asks_for_an_address),
    (defences.changes_the_password, moves.asks_for_an_address),
    (defences.reports_inside, moves.takes_a_copy),
    (defences.vetoes, moves.asks_for_an_address),
    (defences.undoes_the_move, moves.confirms_an_address),
    (defences.reports_by_the_first_email, moves.adds_a_factor),
    (defences.reports_by_the_newest_email, moves.asks_for_deletion),
)
"""A move against which each defence must be enough alone: a reason may not become an excuse."""


@pytest.mark.parametrize(("defence", "move"), ALONE, ids=lambda each: each.__name__)
def test_each_defence_is_enough_alone(stage: Stage, defence: Defence, move: Move) -> None:
    story, _person_id = begin(stage.hands, has_factor=False)
    assert move(stage.hands, story)
    assert playing.defend(stage.hands, story, defence).names == [defence.__name__]


DECLARED: tuple[tuple[Defence, Why, tuple[Move, ...]], ...] = (
    (defences.resets, Why.FACTOR_STAYS, (moves.adds_a_factor,)),
    (defences.resets, Why.ELSEWHERE, (moves.confirms_an_address,)),
    (defences.changes_the_password, Why.NO_SESSION, (moves.signs_everybody_out,)),
    (defences.changes_the_password, Why.FACTOR_STAYS, (moves.makes_recovery_codes,)),
    (defences.reports_inside, Why.FACTOR_STAYS, (moves.makes_recovery_codes,)),
    (defences.signs_out_everywhere, Why.NO_SESSION, (moves.asks_for_deletion,)),
    (defences.signs_out_everywhere, Why.PASSWORD_STAYS, (moves.renames,)),
    (defences.reports_inside, Why.NO_SESSION, (moves.changes_the_password,)),
    (defences.vetoes, Why.NO_EMAIL, (moves.renames,)),
    (defences.undoes_the_move, Why.NO_EMAIL, (moves.asks_for_an_address,)),
    (defences.undoes_the_deletion, Why.NO_EMAIL, (moves.renames,)),
    (defences.undoes_the_deletion, Why.PASSWORD_STAYS, (moves.asks_for_deletion,)),
    (defences.reports_by_the_first_email, Why.NO_EMAIL, (moves.renames,)),
    (defences.reports_by_the_newest_email, Why.NO_EMAIL, (moves.renames,)),
    (defences.reports_by_the_newest_email, Why.FACTOR_STAYS, (moves.adds_a_factor, moves.spends_the_throttles)),
)


@pytest.mark.parametrize(("defence", "why", "done"), DECLARED)
def test_every_declared_reason_happens(stage: Stage, defence: Defence, why: Why, done: tuple[Move, ...]) -> None:
    story, _person_id = begin(stage.hands, has_factor=moves.makes_recovery_codes in done)
    assert all(move(stage.hands, story) for move in done)
    assert defence(stage.hands, story) is why


def test_every_reason_that_a_defence_may_give_is_shown() -> None:
    shown = {(defence, why) for defence, why, _done in DECLARED}
    assert shown == {(defence, why) for defence, reasons in defences.DECLARED.items() for why in reasons}
