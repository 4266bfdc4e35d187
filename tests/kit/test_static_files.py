"""Our own files: kept by browsers for good under the name of their content, and for minutes under any other."""

import re

import brotli
import pytest
from flask import Flask, url_for

from tests.kit.test_compression import CSS
from tests.people import Cast

FOR_GOOD = "public, max-age=31536000, immutable"


@pytest.fixture
def named(one_lab: Flask) -> str:
    """The address of the style sheet in pages."""
    with one_lab.test_request_context():
        return url_for("static", filename="css/portal.css")


def test_a_file_bears_the_hash_of_its_content_in_its_name(one_lab: Flask, named: str) -> None:
    assert re.fullmatch(r"/static/css/portal\.[0-9a-f]{12}\.css", named)
    client = one_lab.test_client()
    assert client.get(named).data == client.get(CSS).data
    assert client.get(named).headers["Content-Type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_file_named_by_its_content_is_kept_for_good(one_lab: Flask, named: str, encoding: str) -> None:
    client, wish = one_lab.test_client(), {"Accept-Encoding": encoding}
    first = client.get(named, headers=wish)
    again = client.get(named, headers={**wish, "If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert {answer.headers["Cache-Control"] for answer in (first, again)} == {FOR_GOOD}


@pytest.mark.parametrize("other", [CSS, "/static/css/portal.0123456789ab.css"])
def test_under_another_name_comes_the_file_of_today_for_minutes(one_lab: Flask, named: str, other: str) -> None:
    """A page of the release before asks for what is there no more: it is not left without style, nor kept wrong."""
    client = one_lab.test_client()
    answer = client.get(other)
    assert answer.data == client.get(named).data
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_a_file_sets_no_cookie_and_hangs_on_none(app: Flask, cast: Cast, named: str) -> None:
    """Any cache may keep it: it must not hold a session, nor be fetched again when one changes (RFC 9111, 4.1)."""
    browser = cast.sign_in(cast.ada, remember=True).client
    assert "Set-Cookie" in browser.get("/home").headers
    answer = browser.get(named, headers={"Accept-Encoding": "br"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/static/no.css", "/static/no.0123456789ab.css", "/static/css", "/static/css/"])
def test_what_is_no_file_is_not_kept(one_lab: Flask, path: str) -> None:
    answer = one_lab.test_client().get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_a_file_is_compressed_once_when_the_portal_starts(one_lab: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kw: object) -> None:
        raise AssertionError("compressed for an answer")

    monkeypatch.setattr(brotli, "compress", fail)
    assert one_lab.test_client().get(CSS, headers={"Accept-Encoding": "br"}).headers["Content-Encoding"] == "br"
