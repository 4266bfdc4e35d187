"""Answers that are smaller on the way and the same at the end, and tell nothing by their length."""

import gzip

import brotli
import pytest
from backports import zstd
from flask import Response

CSS = "/static/css/portal.css"
OPEN = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress}
BROWSERS = {
    "zstd": "gzip, deflate, br, zstd",
    "br": "gzip, deflate, br",
    "gzip": "gzip, deflate",
}
"""What browsers of today, of some years ago and of long ago take."""


def encoding(answer) -> str | None:
    return answer.headers.get("Content-Encoding")


@pytest.mark.parametrize("expected", BROWSERS)
def test_a_page_comes_in_the_cheapest_encoding_that_the_browser_takes(one_lab, expected):
    answer = one_lab.test_client().get("/lab/page", headers={"Accept-Encoding": BROWSERS[expected]})
    assert encoding(answer) == expected
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert b"</html>" in OPEN[expected](answer.data)
    assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("expected", ["br", "gzip"])
def test_a_file_comes_in_the_smallest_and_is_the_same_at_the_end(one_lab, expected):
    client = one_lab.test_client()
    small, plain = client.get(CSS, headers={"Accept-Encoding": BROWSERS[expected]}), client.get(CSS)
    assert encoding(small) == expected
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 3
    assert OPEN[expected](small.data) == plain.data
    assert encoding(plain) is None
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("path", ["/lab/page", CSS])
@pytest.mark.parametrize("refuses", ["identity", "gzip;q=0", "compress", ""])
def test_who_takes_no_encoding_gets_none(one_lab, path, refuses):
    answer = one_lab.test_client().get(path, headers={"Accept-Encoding": refuses})
    assert encoding(answer) is None
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_head_tells_the_length_that_get_would_have(one_lab):
    client, wish = one_lab.test_client(), {"Accept-Encoding": "gzip"}
    for path in (CSS, "/lab/page"):
        head, get = client.head(path, headers=wish), one_lab.test_client().get(path, headers=wish)
        assert head.data == b""
        assert abs(int(head.headers["Content-Length"]) - int(get.headers["Content-Length"])) < (30 if path != CSS else 1)


def test_a_compressed_file_is_known_again(one_lab):
    client, wish = one_lab.test_client(), {"Accept-Encoding": "gzip"}
    tag = client.get(CSS, headers=wish).headers["ETag"]
    assert tag.startswith("W/")
    assert client.get(CSS, headers={**wish, "If-None-Match": tag}).status_code == 304


def test_a_piece_of_a_file_comes_as_it_is(one_lab):
    answer = one_lab.test_client().get(CSS, headers={"Accept-Encoding": "gzip", "Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.data)) == (206, 10)
    assert encoding(answer) is None


def test_short_answers_stay_as_they_are(one_lab):
    assert encoding(one_lab.test_client().get("/healthz", headers={"Accept-Encoding": "gzip"})) is None


def test_what_is_streamed_stays_as_it_is(one_lab):
    """It is read in pieces, of which none waits for the next."""
    with one_lab.test_request_context("/lab/page", headers={"Accept-Encoding": "gzip"}):
        streamed = one_lab.process_response(Response(iter(["x" * 5000]), mimetype="text/plain"))
        whole = one_lab.process_response(Response("x" * 5000, mimetype="text/plain"))
    assert (encoding(streamed), encoding(whole)) == (None, "gzip")


HOME = "http://localhost"
ASKED_BY_US = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Referer": f"{HOME}/settings"},
]
ASKED_BY_OTHERS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Referer": f"{HOME}/settings"},
    {"Referer": "https://evil.example/"},
    {"Referer": f"{HOME}.evil.example/"},
    {},
]


@pytest.fixture
def somebody(one_lab):
    """A browser that holds our cookie: its pages hold the token of their forms."""
    client = one_lab.test_client()
    assert "csrf_token" in client.get("/lab/page").text
    assert client.get_cookie(one_lab.config["SESSION_COOKIE_NAME"])
    return client


@pytest.mark.parametrize("how", ASKED_BY_US)
def test_what_our_own_pages_ask_for_is_compressed(somebody, how):
    assert encoding(somebody.get("/lab/page", headers={"Accept-Encoding": "gzip", **how})) == "gzip"


@pytest.mark.parametrize("how", ASKED_BY_OTHERS)
def test_a_page_that_another_site_has_a_browser_ask_for_tells_nothing_by_its_length(somebody, how):
    """BREACH: the right guess of a secret would make the compressed page shorter than the wrong one."""
    secret = somebody.get("/lab/page").text.partition('name="csrf_token" value="')[2][:12]
    assert secret.isprintable()
    assert len(secret) == 12
    wish = {"Accept-Encoding": "gzip, br, zstd", **how}
    for guess in (secret, "x" * 12):
        answer = somebody.get("/lab/page", query_string={"next": f"/{guess}"}, headers=wish)
        assert encoding(answer) is None


def test_a_visitor_without_our_cookie_has_nothing_to_lose(one_lab):
    answer = one_lab.test_client().get("/lab/page", headers={"Accept-Encoding": "gzip", "Sec-Fetch-Site": "cross-site"})
    assert encoding(answer) == "gzip"


def test_a_file_holds_no_secret_whoever_asks(somebody):
    assert encoding(somebody.get(CSS, headers={"Accept-Encoding": "br", "Sec-Fetch-Site": "cross-site"})) == "br"
