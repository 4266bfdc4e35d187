"""PORTAL_PRODUCTS_FILE names each product, and nothing that may not be called; a wrong one stops the start by name only."""

from __future__ import annotations

import json

import pytest

from portal.kit.settings import SettingsError, load
from standins.product import new_secret
from tests.kit.test_settings import GOOD

SECRET = new_secret()
ONE = {"name": "production", "title": "3 Clicks Production", "url": "https://production.example.com/hook", "secret": SECRET}


def read(tmp_path, *listed, text=None):
    """Start with a file that lists these."""
    path = tmp_path / "products.json"
    path.write_text(json.dumps(listed) if text is None else text)
    return load({**GOOD, "PORTAL_PRODUCTS_FILE": str(path)}, instance=tmp_path).products


def test_a_good_file_is_read_and_its_secrets_are_not_printed(tmp_path):
    (system,) = read(tmp_path, ONE)
    assert (system.name, system.title, system.host) == ("production", "3 Clicks Production", "production.example.com")
    assert SECRET not in repr(system)


def test_without_a_file_there_is_no_product(tmp_path):
    assert load(GOOD, instance=tmp_path).products == ()


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""}, {"name": "Production"}, {"name": "../x"}, {"name": "a" * 33}, {"name": 1},
        {"title": ""}, {"title": "x" * 101}, {"title": "two\nlines"}, {"title": None},
        {"url": "http://production.example.com"}, {"url": "https://"}, {"url": "ftp://x.example"}, {"url": "file:///etc/passwd"},
        {"url": "https://u:p@x.example/"}, {"url": "https://x.example/#y"}, {"url": "https://x.example/ y"}, {"url": None},
        {"url": "https://169.254.169.254/latest"}, {"url": "https://[fe80::1]/"}, {"url": "https://0.0.0.0/"},
        {"url": "http://169.254.169.254/"}, {"url": "http://10.0.0.1/"}, {"url": "https://224.0.0.1/"}, {"url": "https://[::]/"},
        {"url": "https://x.example\r\nHost: y/"}, {"url": "https://\u2100.example"}, {"url": "https://x.example:0/"},
        {"url": "http://localhost.example.com/"}, {"url": "gopher://127.0.0.1/"},
        {"secret": "x"}, {"secret": "whsec_"}, {"secret": "whsec_" + "QQ==" * 3}, {"secret": []}, {"secret": [SECRET, "x"]},
        {"secret": "whsec_" + "A" * 400}, {"secret": None}, {"more": 1},
    ],
)  # fmt: skip
def test_what_may_not_be_is_refused_by_name_only(tmp_path, change):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, {**ONE, **change})
    said = str(caught.value)
    assert "PORTAL_PRODUCTS: needs" in said and SECRET not in said and "example" not in said and "169" not in said


@pytest.mark.parametrize("text", ["x", "{}", "null", "[1]", "[[]]", "[" * 100_000])
def test_a_file_that_is_none_is_refused(tmp_path, text):
    with pytest.raises(SettingsError, match="PORTAL_PRODUCTS: needs"):
        read(tmp_path, text=text)


def test_two_of_one_name_are_refused_and_so_are_too_many(tmp_path):
    with pytest.raises(SettingsError, match="a name of its own"):
        read(tmp_path, ONE, ONE)
    with pytest.raises(SettingsError, match="JSON list"):
        read(tmp_path, *({**ONE, "name": f"p{number}"} for number in range(51)))


def test_on_this_machine_no_tls_is_needed(tmp_path):
    for url in ("http://127.0.0.1:8010/x", "http://[::1]:8010/x", "http://localhost:8010/x"):
        (system,) = read(tmp_path, {**ONE, "url": url})
        assert system.url == url
