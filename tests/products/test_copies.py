"""A copy asks the product systems too: what one gave is in it, and what one did not give is named."""

from __future__ import annotations

import json

import pytest

from portal.kit import outgoing
from portal.kit.outgoing import Answer, CallFailed
from portal.kit.setting_products import products
from standins.product import listing, new_secret
from tests.privacy.conftest import Copy, link_of, start

pytestmark = pytest.mark.both_databases

URL = "http://127.0.0.1:9/deletions"
COPIES = "http://127.0.0.1:9/copies"


def listed(**more: object) -> str:
    """Return the file of one product, with more about it."""
    (one,) = json.loads(listing(URL, new_secret()))
    return json.dumps([{**one, "copy_url": None, **more}])


@pytest.fixture
def copy_with(cast, run_jobs, settings, monkeypatch):
    """Take Ada's copy while the product answers so; return it with the calls that went out."""

    def take(answer, **more):
        calls = []

        def post(url, body, *, headers):
            calls.append((url, json.loads(body), headers))
            if isinstance(answer, Exception):
                raise answer
            return answer

        settings(products=listed(**more))
        monkeypatch.setattr(outgoing, "post", post)
        ada = cast.sign_in(cast.ada)
        start(ada)
        run_jobs()
        return Copy.of(ada.client.get(link_of(ada)).data), calls

    return take


def test_what_a_product_gives_is_in_the_copy(cast, copy_with):
    copy, calls = copy_with(Answer(200, b'{"patterns": ["coat"]}'), copy_url=COPIES)
    assert copy.json("data/products/production.json") == {"patterns": ["coat"]}
    assert copy.json("manifest.json")["products"] == [{"name": "production", "title": "3 Clicks Production", "given": True}]
    assert "data/products/production.json" in copy.text("manifest-sha256.txt")
    assert 'href="data/products/production.json"' in copy.text("index.html")
    ((url, told, headers),) = calls
    assert (url, told["type"], told["data"]) == (COPIES, "account.copy_requested", {"account": str(cast.ada.id)})
    assert headers["webhook-signature"].startswith("v1,")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"{}"),
        Answer(302, b"{}"),
        Answer(200, b"<html>"),
        Answer(200, b'"' + b"x" * (outgoing.MOST - 2) + b'"'),
        CallFailed("Timeout"),
        outgoing.HostRefused(),
    ],
    ids=str,
)
def test_what_a_product_does_not_give_is_named_with_the_way_to_it(copy_with, answer):
    copy, _calls = copy_with(answer, copy_url=COPIES)
    assert not [name for name in copy.names if "products" in name]
    assert copy.json("manifest.json")["products"][0]["given"] is False
    assert "3 Clicks Production gave us nothing for this download. Email" in copy.text("index.html")


def test_a_product_that_hands_out_nothing_is_not_called_and_is_named(copy_with):
    copy, calls = copy_with(AssertionError("called"))
    assert calls == []
    assert "3 Clicks Production gave us nothing" in copy.text("index.html")


@pytest.mark.parametrize("wrong", [URL, "http://127.0.0.2:9/copies", "ftp://127.0.0.1/copies", "copies", 7, ""])
def test_the_address_for_copies_is_another_one_at_the_same_host(wrong):
    assert products(listed(copy_url=COPIES))[0].copy_url == COPIES
    with pytest.raises(ValueError, match="copy_url at the same host"):
        products(listed(copy_url=wrong))


def test_the_product_that_one_can_try_the_portal_with_gives_its_part_to_us_alone(cast, run_jobs, product):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    given = Copy.of(ada.client.get(link_of(ada)).data).json("data/products/production.json")
    assert given["account"] == str(cast.ada.id) and given["patterns"]
    assert product.give(b"{}", {}) == (401, {}), "not signed"
    message = product.confirmation("x")
    assert product.give(*message) == (401, {}), "another kind of message"
    assert product.deleted == []
