"""How amounts of time and work are said."""

from datetime import timedelta

import pytest

from portal.kit import clock, formats


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
