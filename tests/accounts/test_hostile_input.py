"""Whatever is typed into any field of this area, the answer is a page that was meant, never an accident."""

import pytest

from tests.accounts.walk import INSIDE, sign_in

NASTY = {
    "control": "a\x01b\x1fc",
    "nul": "a\x00b",
    "line end": "a\r\nBcc: all@example.com",
    "long": "x" * 10_000,
    "direction": "\u202egnp.exe",
    "unassigned": "\U000e0001\ufdd0\uffff",
    "emoji": "👩‍🏭" * 30,
    "template": "{{ 7*7 }}${7*7}<script>alert(1)</script>",
    "sql": "' OR 1=1 --",
    "percent": "%s%n%(value)s",
    "combining": "Z̷̧̛" * 30,
    "address": "a@" + "b" * 300 + ".example",
    "quoted": '"<script>"@example.com',
    "header": "ada@example.com\nX: y",
    "two": "ada@example.com,ben@example.com",
    "wide": "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    "surrogate": "\\ud800",
    "empty": "",
}
OPEN = [
    ("/signup", ("name", "email", "password", "accept_terms")),
    ("/login", ("email", "password", "remember")),
]
SIGNED_IN = [(INSIDE, ("password", "code")), ("/settings/second-factor", ("code", "sealed"))]
GOOD = {"name": "Mei", "email": "mei@example.com", "password": "seven quiet looms at dawn", "accept_terms": "y"}


@pytest.mark.parametrize("kind", NASTY)
def test_open_pages_take_anything_calmly(new_client, kind):
    for path, fields in OPEN:
        for field in fields:
            visitor = new_client()
            page = visitor.submit(path, **{**{name: GOOD.get(name) for name in fields}, field: NASTY[kind]})
            assert page.status in (200, 422), (path, field, page.status)
            assert "<script>alert" not in page.response.text


@pytest.mark.parametrize("kind", NASTY)
def test_signed_in_pages_take_anything_calmly(cast, kind):
    for path, fields in SIGNED_IN:
        for field in fields:
            page = cast.sign_in(cast.ada).submit(path, **{field: NASTY[kind]})
            assert page.status in (200, 422), (path, field, page.status)


def test_the_wrong_address_is_corrected_only_by_an_address(client):
    client.submit("/signup", **GOOD)
    address = client.shown.path
    for text in NASTY.values():
        assert client.submit(address, email=text).status in (200, 422)


def test_a_field_may_come_twice_or_as_a_list(client, cast):
    page = client.get("/login")
    data = {**page.fields(), "email": ["a@example.com", cast.ada.email], "password": ["x", "y"], "email[]": "z"}
    assert client.post("/login", **data).status == 422


def test_other_kinds_of_body_are_no_accident(client):
    for kind in ("application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"):
        answer = client.client.post("/login", data=b'{"email": ["x"]}\xff\x00', content_type=kind)
        assert answer.status_code in (400, 422), kind


def test_bytes_that_are_no_text_are_no_accident(client, cast):
    page = client.get("/login")
    token = page.fields()["csrf_token"].encode()
    answer = client.client.post(
        "/login",
        data=b"csrf_token=" + token + b"&email=%ff%fe%00&password=%ed%a0%80",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


def test_a_cookie_full_of_nonsense_is_no_accident(new_client):
    for value in ("", "x", "." * 900, "eyJfdXNlcl9pZCI6MX0.x.y"):
        visitor = new_client()
        visitor.client.set_cookie("portal", value)
        assert visitor.get(INSIDE).path == "/login"


def test_long_passwords_are_refused_before_they_cost_anything(app, client, cast):
    before = app.extensions["portal.hasher"].count
    assert sign_in(client, cast.ada, password="x" * 257).status == 422
    assert app.extensions["portal.hasher"].count - before <= 1, "one for making Ada, none for the sign-in"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_methods_that_forms_do_not_know_are_refused(client, method):
    assert getattr(client.client, method)("/login").status_code == 405
