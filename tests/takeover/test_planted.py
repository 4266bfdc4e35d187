"""The stories can fail: with one of the rules taken away, a thief keeps what the story says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.accounts.events import AccountTakenBack, PendingEnded
from portal.accounts.service import email_change, factors, known_browsers, passwords, pending
from portal.recovery import service as recovery
from tests.takeover import defences, moves
from tests.takeover.beginning import begin
from tests.takeover.defences import Defence
from tests.takeover.service_hands import ServiceHands
from tests.takeover.stage import Move, Stage, outcome, set_up

Patch = Callable[[pytest.MonkeyPatch, Flask], None]


@pytest.fixture
def app(apps: Callable[[str], Flask]) -> Flask:
    return apps("sqlite")


@pytest.fixture
def stage(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with set_up(app, ServiceHands, monkeypatch) as made:
        yield made


def nothing_ends_what_waits(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    for module in (passwords, email_change):
        patch.setattr(module, "end_pending", lambda _person_id: None)
    patch.setattr(email_change, "guard_stamp", lambda _person: "")


def copies_are_forgotten(patch: pytest.MonkeyPatch, app: Flask) -> None:
    patch.setitem(app.extensions["portal.events"], PendingEnded, [])


def deletions_are_forgotten(patch: pytest.MonkeyPatch, app: Flask) -> None:
    patch.setitem(app.extensions["portal.events"], AccountTakenBack, [])


def a_factor_stays(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    patch.setattr(recovery.accounts, "undo_factor", lambda _person, since: None)


def a_factor_from_before_the_email_stays(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    patch.setattr(recovery, "_before", lambda told_at: told_at)


def links_know_no_mailbox(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    patch.setattr(recovery.accounts, "left_mailbox_at", lambda _person, mark: None)


def no_browser_is_known(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    patch.setattr(known_browsers, "find_browser", lambda _person, marks: None)


def a_lost_factor_goes_all_the_same(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    for module in (pending, factors, email_change):
        patch.setattr(module, "end_factor_removal", lambda _person_id, state: None)


def sessions_stay(patch: pytest.MonkeyPatch, _app: Flask) -> None:
    patch.setattr(passwords, "end_sessions", lambda _person_id, but=None: 0)


PLANTED: tuple[tuple[Patch, tuple[Move, ...], Defence, str], ...] = (
    (nothing_ends_what_waits, (moves.asks_for_an_address,), defences.resets, "/settings/email/confirm"),
    (copies_are_forgotten, (moves.takes_a_copy,), defences.resets, "copies is 1"),
    (copies_are_forgotten, (moves.plants_an_order,), defences.resets, "orders is 4"),
    (copies_are_forgotten, (moves.invites_an_accomplice,), defences.resets, "invitations is 1"),
    (copies_are_forgotten, (moves.dissolves,), defences.resets, "dissolutions is 1"),
    (copies_are_forgotten, (moves.hands_over,), defences.resets, "hand_overs is 1"),
    (copies_are_forgotten, (moves.asks_for_recovery,), defences.resets, "recoveries is 1"),
    (copies_are_forgotten, (moves.asks_to_join,), defences.resets, "join_requests is 1"),
    (copies_are_forgotten, (moves.takes_a_leaving_pack,), defences.resets, "packs is 1"),
    (deletions_are_forgotten, (moves.asks_for_deletion,), defences.reports_by_the_first_email, "it is dead"),
    (a_factor_stays, (moves.adds_a_factor,), defences.reports_by_the_first_email, "second factor"),
    (
        a_factor_from_before_the_email_stays,
        (moves.adds_a_factor, moves.confirms_an_address),
        defences.undoes_the_move,
        "second factor",
    ),
    (links_know_no_mailbox, (moves.confirms_an_address,), defences.undoes_the_move, "/wasnt-me"),
    (no_browser_is_known, (moves.spends_the_throttles,), defences.reports_by_the_first_email, "second factor"),
    (a_lost_factor_goes_all_the_same, (moves.says_that_the_factor_is_lost,), defences.resets, "removals is 1"),
    (sessions_stay, (moves.renames,), defences.resets, "a session of the thief's is alive"),
)


@pytest.mark.parametrize(("plant", "done", "defence", "said"), PLANTED, ids=lambda each: getattr(each, "__name__", ""))
def test_a_rule_that_is_taken_away_is_missed(app, stage, monkeypatch, plant, done, defence, said) -> None:
    plant(monkeypatch, app)
    story, person_id = begin(stage.hands, has_factor=moves.says_that_the_factor_is_lost in done)
    assert all(move(stage.hands, story) for move in done)
    found = outcome(stage, story, person_id, defence)
    assert any(said in fault for fault in found), found
