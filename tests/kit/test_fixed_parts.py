"""What is kept of a page has holes, and each is drawn anew for whoever is shown the page."""

from __future__ import annotations

from itertools import count

import pytest
from flask import Flask
from markupsafe import Markup

from portal.kit import fixed_parts, i18n, periods


@pytest.fixture
def small() -> Flask:
    app = Flask("small")
    fixed_parts.init_app(app)
    i18n.init_app(app, choose=lambda: "en")
    periods.init_app(app, {})
    turns = count(1)
    fixed_parts.drawn(app, "turn", lambda: Markup(f"<b>{next(turns)}</b>"))
    fixed_parts.drawn(app, "said", lambda word: Markup(f"<i>{word}</i>"))
    return app


def show(app: Flask, source: str) -> str:
    with app.app_context():
        return app.jinja_env.from_string(source).render()


def test_a_hole_is_filled_anew_each_time(small: Flask) -> None:
    source = '{% call fixed("one") %}<p>{{ turn() }}</p>{% endcall %}'
    assert [show(small, source) for _each in range(3)] == ["<p><b>1</b></p>", "<p><b>2</b></p>", "<p><b>3</b></p>"]


def test_a_part_within_a_part_leaves_its_hole_in_both(small: Flask) -> None:
    source = '{% call fixed("out") %}({% call fixed("in") %}{{ turn() }}{% endcall %}){% endcall %}'
    assert [show(small, source), show(small, source)] == ["(<b>1</b>)", "(<b>2</b>)"]
    assert show(small, '{% call fixed("in") %}never read{% endcall %}') == "<b>3</b>"


def test_a_hole_keeps_its_word(small: Flask) -> None:
    source = '{% call fixed("one") %}{{ said("page") }}, {{ said("browser") }}{% endcall %}'
    assert [show(small, source) for _each in range(2)] == ["<i>page</i>, <i>browser</i>"] * 2


def test_outside_of_what_is_kept_it_is_simply_drawn(small: Flask) -> None:
    assert show(small, "{{ turn() }} {{ said('page') }}") == "<b>1</b> <i>page</i>"


def test_a_part_that_fails_is_not_kept_and_holes_are_no_longer_left(small: Flask) -> None:
    with pytest.raises(ZeroDivisionError):
        show(small, '{% call fixed("one") %}{{ 1 // 0 }}{% endcall %}')
    with small.app_context():
        with pytest.raises(ZeroDivisionError):
            small.jinja_env.from_string('{% call fixed("one") %}{{ 1 // 0 }}{% endcall %}').render()
        assert small.jinja_env.from_string("{{ turn() }}").render() == "<b>1</b>"
