"""Where one writes at a time (SQLite), long work in pieces lets everybody go first who waits to write."""

from __future__ import annotations

import threading

import pytest

from portal.jobs import service as jobs
from portal.kit import db as database
from portal.kit import turns
from portal.kit.db import db
from portal.kit.unit import unit_of_work


@pytest.fixture
def folder(app) -> str:
    """The folder of the database."""
    with app.app_context():
        return database._folder(db.engine)


def test_long_work_goes_on_once_nobody_waits(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 3600)
    others = [turns.waiting(str(tmp_path)), turns.waiting(str(tmp_path))]
    for each in others:
        each.__enter__()
    monkeypatch.setattr(turns.time, "sleep", lambda _seconds: others.pop().__exit__(None, None, None))
    turns.let_others_go_first(str(tmp_path))
    assert others == []


def test_patience_ends_where_others_never_cease_to_come(tmp_path, monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0)
    with turns.waiting(str(tmp_path)):
        turns.let_others_go_first(str(tmp_path))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_waits_for_the_write_lock_is_seen_until_they_have_it(app, folder):
    began, written = threading.Event(), threading.Event()

    def write():
        began.set()
        with app.app_context(), unit_of_work():
            jobs.enqueue("privacy.sweep_files")
        written.set()

    with app.app_context(), unit_of_work():
        jobs.enqueue("privacy.sweep_files")
        db.session.flush()
        other = threading.Thread(target=write)
        other.start()
        began.wait()
        while not is_waited(folder):
            assert not written.is_set()
    other.join()
    assert written.is_set()
    assert not is_waited(folder)


def is_waited(folder: str) -> bool:
    """Tell whether somebody is seen to wait."""
    descriptor = turns.os.open(folder, turns.os.O_RDONLY)
    try:
        return turns._is_held(descriptor)
    finally:
        turns.os.close(descriptor)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_piece_of_a_sweep_and_of_an_erasure_lets_others_go_first_and_holds_no_lock_meanwhile(
    app, cast, clock, run_jobs, folder, monkeypatch
):
    began = []

    def note(where):
        assert where == folder
        began.append(db.session().in_transaction())

    monkeypatch.setattr(turns, "let_others_go_first", note)
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=15)
    with app.app_context(), unit_of_work():
        jobs.enqueue("privacy.begin_due")
        jobs.enqueue("privacy.sweep")
    run_jobs()
    assert len(began) > 2
    assert not any(began)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_room_that_a_piece_took_is_given_back_with_its_connection(app):
    with app.app_context():
        with unit_of_work():
            database.make_room()
            assert db.session.connection().exec_driver_sql("PRAGMA cache_size").scalar() == -database.ROOM_KIB
        with unit_of_work(write=False):
            assert db.session.connection().exec_driver_sql("PRAGMA cache_size").scalar() == -database.CACHE_KIB
