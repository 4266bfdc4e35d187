"""How amounts of time and work are said."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from portal.kit import clock, fixed_parts, formats, templating


@pytest.mark.parametrize(
    ("done", "total", "minutes", "said"),
    [
        (0, 0, 5, ""),
        (0, 801_116, 5, "0%"),
        (8_000, 801_116, 1, "1%"),
        (116_263, 801_116, 1, "15% · about 6 minutes left"),
        (5, 10, 0.5, "50% · less than a minute left"),
        (1, 10, 60, "10% · about 9 hours left"),
        (10, 10, 5, "100%"),
        (11, 10, 5, "100%"),
    ],
)
def test_work_is_told_in_percent_and_the_time_that_is_left(app, done, total, minutes, said):
    with app.app_context(), app.test_request_context():
        assert formats.how_far(done, total, clock.now() - timedelta(minutes=minutes)) == said


def test_what_has_no_beginning_is_told_in_percent(app):
    with app.app_context(), app.test_request_context():
        assert formats.how_far(12, 60) == "20%"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ({"seconds": 0}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": -59}, "just now"),
        ({"minutes": 1}, "1 min ago"),
        ({"minutes": 3, "seconds": 40}, "3 min ago"),
        ({"minutes": 59, "seconds": 59}, "59 min ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"hours": 23, "minutes": 59}, "23 hours ago"),
        ({"hours": 24}, "1 day ago"),
        ({"days": 30}, "30 days ago"),
        ({"days": 31}, ""),
        ({"minutes": -3, "seconds": -30}, "in 3 min"),
        ({"hours": -1, "seconds": -30}, "in 1 hour"),
        ({"days": -13, "seconds": -30}, "in 13 days"),
        ({"days": -400}, ""),
    ],
)
def test_an_instant_is_told_by_how_long_ago_it_was(app, before, said):
    now = clock.now()
    with app.app_context(), app.test_request_context(), time_machine.travel(now, tick=False):
        assert formats.ago(now - timedelta(**before)) == said


def test_on_a_page_the_instant_stands_beside_it_in_full(app):
    now = datetime(2026, 2, 1, 12, 30, tzinfo=UTC)
    with app.app_context(), app.test_request_context(), time_machine.travel(now, tick=False):
        said = templating.ago(now - timedelta(minutes=3), "Asia/Shanghai")
        older = templating.ago(now - timedelta(days=100), "Asia/Shanghai")
    both = '<span>3 min ago</span> <span class="full quiet">1 Feb 2026, 20:27 (Shanghai)</span>'
    assert said == f'<time datetime="2026-02-01T12:27:00+00:00">{both}</time>'
    assert older == '<time datetime="2025-10-24T12:30:00+00:00">24 Oct 2025, 20:30 (Shanghai)</time>'


def test_what_is_kept_for_everybody_never_says_how_long_ago_something_was(app):
    with app.app_context(), app.test_request_context(), pytest.raises(RuntimeError, match="for ever"):
        fixed_parts.fixed("a.part", caller=lambda: templating.ago(clock.now()))
