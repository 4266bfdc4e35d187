"""Heavy work waits in one line: a hash and the decoder of pictures are never in memory together."""

import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.kit import passwords, pictures
from portal.kit.heavy import HeavyWork, heavy_work
from portal.kit.refusals import Busy
from portal.kit.unit import unit_of_work
from tests.kit.test_pictures import JPEG


@pytest.fixture
def app(apps):
    return apps("sqlite")


@pytest.fixture
def long_work(app):
    """Something that is at work in the app's line until the test ends."""
    begun, go_on = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        go_on.wait(60)

    with ThreadPoolExecutor(1) as pool, app.app_context():
        done = pool.submit(heavy_work().run, work, patience=60)
        begun.wait(60)
        yield
        go_on.set()
        done.result()


def test_one_works_at_a_time_and_each_has_its_turn():
    line, at_work, most, ended = HeavyWork(1), [0], [0], []

    def work(number: int) -> None:
        at_work[0] += 1
        most[0] = max(most[0], at_work[0])
        ended.append(number)
        at_work[0] -= 1

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda number: line.run(lambda: work(number), patience=60), range(40)))
    assert (most[0], sorted(ended)) == (1, list(range(40)))


@pytest.mark.usefixtures("long_work")
def test_a_picture_and_a_hash_wait_for_each_other(app, monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(app.extensions["portal.hasher"], "_patience", 0.1)
    with app.app_context(), unit_of_work(write=False):
        with pytest.raises(Busy):
            pictures.small_square(JPEG, name="me.jpg")
        with pytest.raises(Busy):
            passwords.hasher().hash("tidy looms hum at dawn")


def test_what_fails_tells_why_and_the_next_goes_on():
    line = HeavyWork(1)
    with pytest.raises(ZeroDivisionError):
        line.run(lambda: 1 / 0, patience=60)
    assert line.run(lambda: "done", patience=60) == "done"


def test_a_picture_that_the_machine_has_no_time_for_is_not_called_damaged(app, monkeypatch):
    def late(*_command: object, **_options: object) -> None:
        raise subprocess.TimeoutExpired("decoder", 20)

    monkeypatch.setattr(pictures.subprocess, "run", late)
    with app.app_context(), unit_of_work(write=False), pytest.raises(Busy):
        pictures.small_square(JPEG, name="me.jpg")
