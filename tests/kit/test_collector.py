"""What stands when a process has started is not looked at by the garbage collector again."""

import gc
import threading

import pytest

from portal.jobs import cli
from portal.kit import collector


@pytest.fixture(autouse=True)
def thawed():
    """Leave the collector as it was."""
    yield
    gc.unfreeze()


def test_what_stands_is_left_alone():
    gc.unfreeze()
    kept = [[] for _each in range(1000)]
    collector.look_only_at_new()
    assert gc.get_freeze_count() > len(kept)


def test_the_worker_leaves_alone_what_stands_before_it_begins(app, monkeypatch):
    gc.unfreeze()
    found = []

    def work(_app, _stop: threading.Event):
        found.append(gc.get_freeze_count())

    monkeypatch.setattr(cli, "work", work)
    monkeypatch.setattr(cli.signal, "signal", lambda *_arguments: None)
    cli.worker.callback.__wrapped__(app, threads=1, beside=None)
    assert found[0] > 0
