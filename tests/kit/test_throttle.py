"""Throttles: exactly as many tries as said, counted alike by every process, and nobody can tell who tried."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest
import redis
from flask import Flask
from sqlalchemy import select

from portal.kit import audit, clock, keys, throttle
from portal.kit.db import db
from portal.kit.refusals import TooManyTries
from portal.kit.throttle import Spend
from portal.kit.throttle_counts import ThrottleCount
from portal.kit.unit import WrittenAlready, unit_of_work
from tests import needs
from tests.clock import for_a_server

pytestmark = pytest.mark.both_databases

LIMIT = "3 per 5 minutes"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of this worker's own on a free port of the loopback, keeping nothing."""
    program = needs.require("Redis")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, env=for_a_server(dict(os.environ)), stdout=subprocess.DEVNULL)
    client = redis.Redis(port=port)
    for _try in range(100):
        with suppress(redis.ConnectionError):
            client.ping()
            break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(timeout=10)


@pytest.fixture(params=["own database", "redis"])
def counting(request: pytest.FixtureRequest, app: Flask, make_lab) -> Flask:
    """The lab, counting in its own database and in Redis."""
    if request.param == "own database":
        return make_lab(app)
    url = request.getfixturevalue("redis_url")
    redis.Redis.from_url(url).flushall()
    return make_lab(app, redis_url=url)


def spend(lab: Flask, key: str = "ada", limits: str = LIMIT, name: str = "lab.try") -> bool:
    """Spend one try in a unit of its own."""
    with lab.app_context(), unit_of_work():
        return throttle.try_consume(name, key, limits)


def test_as_many_as_said_and_then_no_more(counting):
    assert [spend(counting) for _each in range(5)] == [True, True, True, False, False]


def test_a_refusal_says_for_how_long(counting):
    for _each in range(3):
        spend(counting)
    with counting.app_context(), unit_of_work(), pytest.raises(TooManyTries) as caught:
        throttle.consume("lab.try", "ada", LIMIT)
    assert 1 <= caught.value.retry_after <= 300


def test_one_persons_tries_are_not_anothers_nor_of_another_kind(counting):
    for _each in range(4):
        spend(counting)
    assert spend(counting, key="ben")
    assert spend(counting, name="lab.other")
    assert not spend(counting)


def test_of_several_limits_each_counts(counting):
    limits = "2 per minute; 3 per day"
    assert [spend(counting, limits=limits) for _each in range(3)] == [True, True, False]


def test_of_two_together_the_second_stays_silent(counting):
    loud, silent = Spend("lab.loud", "ada", "4 per day"), Spend("lab.silent", "her address", "2 per day")

    def both() -> bool:
        with counting.app_context(), unit_of_work():
            return throttle.consume_both(loud, silent)

    assert [both() for _each in range(4)] == [True, True, False, False]
    with pytest.raises(TooManyTries):
        both()


def test_what_is_refused_aloud_spends_nothing_silently(counting):
    loud, silent = Spend("lab.loud", "ada", "1 per day"), Spend("lab.silent", "her address", "2 per day")
    for _each in range(3):
        with counting.app_context(), unit_of_work(), suppress(TooManyTries):
            throttle.consume_both(loud, silent)
    assert spend(counting, key="her address", limits="2 per day", name="lab.silent")
    assert not spend(counting, key="her address", limits="2 per day", name="lab.silent")


def test_a_try_that_turned_out_well_is_given_back(counting):
    for _each in range(10):
        assert spend(counting)
        with counting.app_context(), unit_of_work():
            throttle.refund("lab.try", "ada", LIMIT)
    for _each in range(3):
        assert spend(counting)
    assert not spend(counting)


def test_fifty_at_once_let_exactly_as_many_through(counting):
    through, gate = [], threading.Barrier(50)

    def one() -> None:
        gate.wait()
        if spend(counting, limits="10 per 5 minutes"):
            through.append(1)

    threads = [threading.Thread(target=one) for _each in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(through) == 10


class TestOwnDatabase:
    """What concerns the table of counts."""

    def test_the_window_ends(self, lab, clock):
        for _each in range(4):
            spend(lab)
        clock.forward(minutes=5, seconds=1)
        assert spend(lab)

    def test_a_window_that_a_clock_ahead_has_begun_shuts_nobody_out(self, lab, clock):
        clock.forward(hours=10)
        for _each in range(4):
            spend(lab)
        assert not spend(lab)
        clock.forward(hours=-10)
        assert [spend(lab) for _each in range(4)] == [True, True, True, False]

    def test_a_restart_forgets_nothing(self, app, lab, make_lab):
        for _each in range(4):
            spend(lab)
        assert not spend(make_lab(app, proxy_count=4))

    def test_a_rollback_gives_nothing_back(self, lab):
        for _each in range(3):
            with lab.app_context(), pytest.raises(ZeroDivisionError), unit_of_work():
                throttle.consume("lab.try", "ada", LIMIT)
                raise ZeroDivisionError
        assert not spend(lab)

    def test_it_is_spent_before_anything_is_written(self, lab):
        with lab.app_context(), pytest.raises(WrittenAlready, match="consume comes before"), unit_of_work():
            audit.record("lab.written")
            throttle.consume("lab.try", "ada", LIMIT)
        assert all(spend(lab) for _each in range(3)), "a try that was refused for its place is not counted"

    def test_the_table_tells_nobody_who_tried(self, lab):
        spend(lab, key="ada@example.com")
        spend(lab, key="192.0.2.7")
        with lab.app_context():
            kept = db.session.scalars(select(ThrottleCount.key)).all()
        assert len(kept) == 2
        assert not any("@" in key or "192.0.2.7" in key for key in kept)

    def test_the_secret_of_the_day_dies_and_with_it_what_the_counts_say(self, lab, clock):
        spend(lab, key="ada@example.com", limits="3 per day")
        clock.forward(hours=24)
        spend(lab, key="ben@example.com")
        with lab.app_context(), unit_of_work():
            # Other tests travel too: their secrets may be of days to come.
            old = [day for day in keys.day_keys().days("throttle") if day < clock_today()]
            assert old
            assert throttle.destroy_old_keys() == len(old)
        with lab.app_context():
            assert min(keys.day_keys().days("throttle")) == clock_today()
            assert len(db.session.scalars(select(ThrottleCount)).all()) == 1

    def test_nothing_is_counted_for_longer_than_a_day(self, lab, clock):
        spend(lab, limits="50 per day")
        with lab.app_context():
            (ends,) = db.session.scalars(select(ThrottleCount.expires_at)).all()
        assert ends - clock_now().timestamp() <= timedelta(hours=24).total_seconds()

    def test_the_longest_name_and_limit_fit_into_the_key(self, lab):
        assert spend(lab, name="newsletter.confirmation_of_address", limits="1000000 per 365 days")


def clock_today():
    """Return today, from the portal's clock."""
    return clock.today()


def clock_now():
    """Return now, from the portal's clock."""
    return clock.now()


def test_a_redis_out_of_reach_lets_nobody_through_and_is_a_503(app, make_lab):
    lab = make_lab(app, redis_url="redis://127.0.0.1:1/0")
    with lab.app_context(), pytest.raises(redis.ConnectionError), unit_of_work():
        throttle.try_consume("lab.try", "ada", LIMIT)
    client = lab.test_client()
    token = client.get("/login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"email": "ada@example.com", "password": "a password", "csrf_token": token}
    assert client.post("/login", data=form).status_code == 503
