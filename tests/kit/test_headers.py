"""Headers of every kind of answer."""

import re

import pytest

CSS = "/static/css/portal.css"
KINDS = {
    "a page": ("GET", "/lab/page", {}, 200),
    "a redirect": ("GET", "/lab/signed-in", {}, 303),
    "no page": ("GET", "/no/such/page", {}, 404),
    "a wrong method": ("PUT", "/lab/page", {}, 405),
    "a refused form": ("POST", "/lab/page", {}, 422),
    "a foreign form": ("POST", "/lab/page", {"headers": {"Origin": "https://evil.example"}}, 403),
    "too much": ("POST", "/lab/page", {"data": {"message": "x" * 2**20}}, 413),
    "our mistake": ("POST", "/lab/boom", {}, 500),
    "a template that is missing": ("GET", "/lab/forgets-the-template", {}, 500),
    "a file": ("GET", CSS, {}, 200),
    "no file": ("GET", "/static/no.css", {}, 404),
    "a probe": ("GET", "/healthz", {}, 200),
    "another host": ("GET", "/lab/page", {"headers": {"Host": "evil.example"}}, 400),
}
HTTPS = "https://portal.example.com"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_every_header(production, kind):
    method, path, how, status = KINDS[kind]
    answer = production.test_client().open(path, method=method, base_url=HTTPS, **how)
    assert answer.status_code == status
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Strict-Transport-Security"].startswith("max-age=63072000; includeSubDomains")
    assert "Access-Control-Allow-Origin" not in headers
    assert ("immutable" in headers["Cache-Control"]) is False
    assert headers["Cache-Control"] == ("public, max-age=300" if kind == "a file" else "no-store")
    assert "Werkzeug" not in str(headers)


def test_an_unchanged_file_carries_every_header_too(production):
    client = production.test_client()
    tag = client.get(CSS, base_url=HTTPS).headers["ETag"]
    answer = client.get(CSS, base_url=HTTPS, headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"]


def test_the_nonce_is_another_each_time_and_no_cookie_knows_it(one_lab):
    seen = set()
    for _each in range(20):
        answer = one_lab.test_client().get("/lab/page")
        nonces = set(re.findall(r'nonce="([^"]+)"', answer.text))
        assert len(nonces) == 1
        assert f"'nonce-{nonces.copy().pop()}'" in answer.headers["Content-Security-Policy"]
        seen |= nonces
    assert len(seen) == 20


def test_error_pages_have_a_nonce_of_their_own(one_lab):
    pages = [one_lab.test_client().get("/no/such/page").headers["Content-Security-Policy"] for _each in range(2)]
    assert pages[0] != pages[1]


def test_only_https_is_promised_to_stay_https(one_lab, production):
    assert "Strict-Transport-Security" not in one_lab.test_client().get("/lab/page").headers
    assert "Strict-Transport-Security" in production.test_client().get("/lab/page", base_url=HTTPS).headers


def test_cookies_over_https_are_bound_to_the_host(production):
    cookie = production.test_client().get("/lab/page", base_url=HTTPS).headers["Set-Cookie"]
    parts = [part.strip() for part in cookie.split(";")]
    assert parts[0].startswith("__Host-portal=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert "Domain" not in cookie
    assert len(cookie) < 4096


def test_cookies_on_a_developers_machine_work_without_https(one_lab):
    cookie = one_lab.test_client().get("/lab/page").headers["Set-Cookie"]
    assert cookie.startswith("portal=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_a_page_dressed_as_a_file_is_not_kept(one_lab):
    for path in ("/lab/page/x.css", "/lab/signed-in/x.js", "/lab/signed-in%2fx.css"):
        answer = one_lab.test_client().get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    ["/static/../portal/app.py", "/static/%2e%2e/wsgi.py", "/static//etc/passwd", "/static/..%5cwsgi.py", "/.git/config",
     "/static/", "/.env", "/%00", "/static/%00", "/\xff"],
)  # fmt: skip
def test_nothing_but_our_files_is_served(one_lab, path):
    assert one_lab.test_client().get(path, follow_redirects=True).status_code == 404
