"""The API as the SDK meets it: keys, parameters, pages, errors and idempotency as Stripe has them."""

from __future__ import annotations

import json

import pytest
import stripe

from standins.stripe.account import Account
from standins.stripe.serving import serving
from standins.stripe.state import API_VERSION, State
from standins.stripe.wares import stock
from tests.standins.shop import GOOD, Shop


def test_it_speaks_the_version_of_the_pinned_sdk() -> None:
    assert stripe.api_version == API_VERSION


def test_a_wrong_key_is_refused(stand_in: Shop) -> None:
    client = stripe.StripeClient("sk_test_another", base_addresses={"api": stand_in.account.state.url})
    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.prices.list()
    assert caught.value.http_status == 401 and "another" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({"name": "X", "colour": "blue"}, "parameter_unknown", "colour"),
        ({"active": True}, "parameter_missing", "name"),
        ({"name": "X", "id": "prod_updates"}, "resource_already_exists", "id"),
        ({"name": "X", "metadata": "blue"}, None, "metadata"),
        ({"name": ["X"]}, "parameter_invalid_string", "name"),
    ],
)
def test_what_stripe_would_not_take_is_refused_and_changes_nothing(
    stand_in: Shop, asked: dict[str, object], code: str | None, param: str
) -> None:
    before = len(stand_in.account.state.objects["product"])
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stand_in.api.v1.products.create(params=asked)
    assert (caught.value.code, caught.value.param, caught.value.http_status) == (code, param, 400)
    assert len(stand_in.account.state.objects["product"]) == before


def test_what_is_not_there_is_a_404_by_its_id_and_a_400_by_its_name(stand_in: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as by_id:
        stand_in.api.v1.customers.retrieve("cus_nobody")
    with pytest.raises(stripe.InvalidRequestError) as by_name:
        stand_in.api.v1.billing_portal.sessions.create(params={"customer": "cus_nobody"})
    assert (by_id.value.code, by_id.value.http_status) == ("resource_missing", 404)
    assert (by_name.value.code, by_name.value.param, by_name.value.http_status) == ("resource_missing", "customer", 400)


def test_a_customer_is_made_changed_and_deleted(shop: Shop) -> None:
    api = shop.api.v1.customers
    made = api.create(params={"email": "ada@example.com", "metadata": {"a": "1", "b": "2"}})
    changed = api.update(made.id, params={"name": "Ada", "metadata": {"a": "", "c": "3"}})
    assert (changed.name, changed.email, changed.metadata.to_dict()) == ("Ada", "ada@example.com", {"b": "2", "c": "3"})
    assert [each.id for each in api.list(params={"email": "ada@example.com"}).data] == [made.id]
    assert api.delete(made.id).deleted is True
    assert api.retrieve(made.id).to_dict() == {"id": made.id, "object": "customer", "deleted": True}
    assert api.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        api.update(made.id, params={"name": "Eve"})


def test_pages_go_by_key_both_ways_and_end(shop: Shop) -> None:
    api = shop.api.v1.customers
    made = [api.create(params={"email": f"{number}@example.com"}).id for number in range(7)][::-1]
    first = api.list(params={"limit": 3})
    assert ([each.id for each in first.data], first.has_more) == (made[:3], True)
    last = api.list(params={"limit": 4, "starting_after": made[2]})
    assert ([each.id for each in last.data], last.has_more) == (made[3:], False)
    back = api.list(params={"limit": 2, "ending_before": made[3]})
    assert ([each.id for each in back.data], back.has_more) == (made[1:3], True)
    assert [each.id for each in api.list(params={"limit": 2}).auto_paging_iter()] == made


class TestIdempotency:
    """The same key is the same answer."""

    def test_a_request_that_comes_twice_is_carried_out_once(self, shop: Shop) -> None:
        api, once = shop.api.v1.customers, {"idempotency_key": "once"}
        first, second = (api.create(params={"email": "a@example.com"}, options=once) for _time in range(2))
        assert first.id == second.id and len(api.list().data) == 1
        assert shop.kinds().count("customer.created") == 1

    def test_other_parameters_under_the_same_key_are_refused(self, shop: Shop) -> None:
        api, once = shop.api.v1.customers, {"idempotency_key": "once"}
        api.create(params={"email": "a@example.com"}, options=once)
        with pytest.raises(stripe.IdempotencyError):
            api.create(params={"email": "b@example.com"}, options=once)
        with pytest.raises(stripe.IdempotencyError):
            shop.api.v1.products.create(params={"name": "a"}, options=once)

    def test_what_was_refused_for_its_form_may_be_mended_under_its_key(self, shop: Shop) -> None:
        api, once = shop.api.v1.products, {"idempotency_key": "once"}
        with pytest.raises(stripe.InvalidRequestError):
            api.create(params={"colour": "blue"}, options=once)
        assert api.create(params={"name": "Blue"}, options=once).name == "Blue"


def test_what_is_kept_in_a_file_is_there_after_a_restart_and_holds_no_card_number(tmp_path) -> None:
    file = tmp_path / "stripe.json"
    account = Account(State(file))
    stock(account)
    with serving(account) as url:
        shop = Shop(account, stripe.StripeClient(account.api_key, base_addresses={"api": url}))
        bought = shop.subscribed()
    text = file.read_text()
    assert GOOD not in text.replace(" ", "") and "4242" in text
    assert file.stat().st_mode & 0o777 == 0o600
    again = State(file)
    assert again.get("subscription", bought.id)["status"] == "active"
    assert json.loads(text)["objects"].keys() == again.objects.keys()
