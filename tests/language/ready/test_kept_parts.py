"""No page shows one person's words to another, and none says another language than it speaks.

Every page is opened for three people in two languages, and by a visitor in both; all at once, with nothing kept yet and with
everything kept. Each is, byte for byte, what it is when nothing is ever kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import flask
import pytest
from flask import Flask
from markupsafe import Markup
from werkzeug.test import Client

from portal.kit import controls, fixed_parts
from tests.browser import paths
from tests.people import Cast

DRAWN_ANEW = (
    re.compile(rb'nonce="[\w-]+"'),
    re.compile(rb'name="(?:csrf_token|form_mark|person_stamp|sealed)" value="[^"]+"'),
)
"""What differs each time that a page is opened: it is drawn for this one page, and compared by its place alone."""


@contextmanager
def parts_kept_by(app: Flask, fixed: Callable[..., object]) -> Iterator[None]:
    """Have another tool keep the parts. Templates that were read know the globals of that time, so they are read again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.jinja_env.globals, "fixed", fixed)
        patch.setattr(fixed_parts, "fixed", fixed)
        app.jinja_env.cache.clear()
        yield
    app.jinja_env.cache.clear()


@contextmanager
def nothing_kept(app: Flask) -> Iterator[None]:
    """Render each page as if there were no place to keep a part of it."""
    with pytest.MonkeyPatch.context() as patch, parts_kept_by(app, lambda _name, *_depends_on, caller: Markup(caller())):
        patch.setitem(app.jinja_env.globals, "url_for", flask.url_for)
        patch.setattr(controls.Options, "drawn", lambda _self, field: controls.options(field))
        yield


ALWAYS_NEW = {"/metrics", "/settings/second-factor", "/settings/second-factor/codes", "/settings/second-factor/replace"}
"""Figures of this very moment, and secrets that are drawn for whoever opens the page."""


def read(client: Client, path: str, language: str) -> tuple[int, bytes]:
    answer = client.get(path, headers={"Accept-Language": language})
    body = answer.get_data()
    for drawn in DRAWN_ANEW:
        body = drawn.sub(b"", body)
    return answer.status_code, body


@pytest.fixture
def browsers(app: Flask, cast: Cast) -> list[tuple[Client, str, list[str]]]:
    """Three people and two visitors: a browser, its language, and the pages that it may open."""
    chen = cast.make("Chen Weaver", "chen@example.com", "chen folds paper at dawn", language="zh_Hans", zone="Asia/Shanghai")
    own, public, staff = (pages(app, *gates) for gates in (("signed in", "fresh"), ("public",), ("staff",)))
    return [
        (cast.sign_in(cast.ada).client, "en", own),
        (cast.sign_in(chen).client, "en", own),
        (cast.sign_in_staff(cast.sam).client, "zh-CN", own + staff),
        (app.test_client(), "en", public),
        (app.test_client(), "zh-CN", public),
    ]


def pages(app: Flask, *gates: str) -> list[str]:
    return [path for path in paths(app, *gates) if path not in ALWAYS_NEW]


def test_a_page_is_what_it_is_when_nothing_is_kept(app: Flask, browsers: list[tuple[Client, str, list[str]]]) -> None:
    for client, language, _paths in browsers:
        # The first page gives a browser its cookie.
        client.get("/promises", headers={"Accept-Language": language})
    with nothing_kept(app):
        expected = [{path: read(client, path, language) for path in own} for client, language, own in browsers]
    assert {path for each in expected for path, (status, _body) in each.items() if status >= 400} <= {
        "/settings/avatar/photo",
        # Of another role.
        "/admin/disabled",
        "/admin/holds",
        "/admin/requests",
        "/admin/erasures",
        "/admin/requests/new",
    }

    def look(which: int) -> list[str]:
        client, language, own = browsers[which]
        return [f"{which}: {path}" for path in own if read(client, path, language) != expected[which][path]]

    app.extensions["portal.fixed_parts"].clear()
    app.extensions["portal.paths"].clear()
    with ThreadPoolExecutor(len(browsers)) as crowd:
        cold = [each for found in crowd.map(look, range(len(browsers))) for each in found]
        warm = [each for found in crowd.map(look, range(len(browsers))) for each in found]
    assert cold == []
    assert warm == []
    kept = ["".join(part.texts).encode() for part in app.extensions["portal.fixed_parts"].values()]
    assert [text for text in kept if any(drawn.search(text) for drawn in DRAWN_ANEW)] == []
    assert len(kept) > 2 * len({path for *_rest, own in browsers for path in own})


def test_the_comparison_sees_a_part_that_says_one_persons_name_to_all(app, browsers) -> None:
    clients = [client for client, *_rest in browsers[:2]]
    with nothing_kept(app):
        expected = [read(client, "/home", "en") for client in clients]
    # The layout's links, kept under a key that leaves the language out.
    kept: dict[str, object] = {}
    with parts_kept_by(app, lambda name, *_key, caller: kept.setdefault(name, caller())):
        assert [read(client, "/home", "en") for client in clients] != expected


@pytest.mark.parametrize("path", ["/login", "/contact", "/privacy", "/cookies"])
def test_what_a_visitor_puts_into_the_address_is_shown_to_nobody_else(
    app: Flask, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The question about statistics, which carries the way back, is asked where visits are counted.
    settings = replace(app.extensions["portal.settings"], ga_measurement_id="G-TEST123456")
    monkeypatch.setitem(app.extensions, "portal.settings", settings)
    app.extensions["portal.fixed_parts"].clear()
    first = app.test_client().get(f'{path}?zzmine="><b>&next=/home').text
    second = app.test_client().get(path).text
    assert "zzmine=&#34;&gt;&lt;b&gt;" in first and "<b>&next" not in first
    assert "zzmine" not in second
    kept = [text for part in app.extensions["portal.fixed_parts"].values() for text in part.texts]
    assert kept and not any("zzmine=" in text for text in kept)
