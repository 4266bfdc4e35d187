"""What is sold: products and their prices."""

from __future__ import annotations

from standins.stripe.events import before, tell
from standins.stripe.lists import page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import route
from standins.stripe.state import Object, State

CURRENCIES = ("aud", "cny", "eur", "usd")
INTERVALS = ("day", "week", "month", "year")


@route("POST", "/v1/products")
def make_product(state: State, params: Params) -> Object:
    """Make a product."""
    made = {
        "name": params.needed("name"),
        "active": params.flag("active", True),
        "metadata": params.metadata(),
        **params.every("id", "description", "tax_code", "unit_label", "statement_descriptor", "url"),
    }
    params.done()
    if made.get("id") in state.objects.get("product", {}):
        raise Refusal("Product already exists.", code="resource_already_exists", param="id")
    product = state.make("product", **made)
    tell(state, "product.created", product)
    return product


@route("GET", "/v1/products")
def list_products(state: State, params: Params) -> Object:
    """List products."""
    active, ids = params.flag("active"), params.words("ids")
    return page(
        state, "product", params, "/v1/products",
        lambda each: active in (None, each["active"]) and (not ids or each["id"] in ids),
    )  # fmt: skip


@route("GET", "/v1/products/{}")
def get_product(state: State, _params: Params, name: str) -> Object:
    """Return a product."""
    return state.get("product", name)


@route("POST", "/v1/products/{}")
def change_product(state: State, params: Params, name: str) -> Object:
    """Change a product."""
    product = state.get("product", name)
    was = before(product)
    changed = params.every("name", "description", "default_price", "unit_label")
    changed |= {"active": params.flag("active", product["active"]), "metadata": params.metadata(product["metadata"])}
    params.done()
    product.update(changed, updated=state.now())
    tell(state, "product.updated", product, was)
    return product


@route("POST", "/v1/prices")
def make_price(state: State, params: Params) -> Object:
    """Make a price of a product."""
    currency, product = params.needed("currency", one_of=CURRENCIES), params.needed("product")
    state.get("product", product, "product")
    amount = params.whole("unit_amount")
    if amount is None:
        raise Refusal("Missing required param: unit_amount.", code="parameter_missing", param="unit_amount")
    repeated = "recurring" in params
    recurring = params.group("recurring")
    every = {
        "interval": recurring.needed("interval", one_of=INTERVALS),
        "interval_count": recurring.whole("interval_count", 1, least=1, most=36),
        "usage_type": recurring.text("usage_type", "licensed", one_of=("licensed",)),
        "meter": None,
        "trial_period_days": None,
    } if repeated else None  # fmt: skip
    made = {
        "nickname": params.text("nickname"),
        "lookup_key": params.text("lookup_key"),
        "active": params.flag("active", True),
        "tax_behavior": params.text("tax_behavior", "unspecified", one_of=("inclusive", "exclusive", "unspecified")),
        "metadata": params.metadata(),
    }
    params.done()
    price = state.make(
        "price", currency=currency, product=product, unit_amount=amount, unit_amount_decimal=str(amount),
        recurring=every, type="recurring" if every else "one_time", **made,
    )  # fmt: skip
    tell(state, "price.created", price)
    return price


@route("GET", "/v1/prices")
def list_prices(state: State, params: Params) -> Object:
    """List prices."""
    active, keys = params.flag("active"), params.words("lookup_keys")
    wanted = params.every("product", "currency", "type")
    return page(
        state, "price", params, "/v1/prices",
        lambda each: active in (None, each["active"])
        and (not keys or each["lookup_key"] in keys)
        and all(each[name] == value for name, value in wanted.items()),
    )  # fmt: skip


@route("GET", "/v1/prices/{}")
def get_price(state: State, _params: Params, name: str) -> Object:
    """Return a price."""
    return state.get("price", name)


@route("POST", "/v1/prices/{}")
def change_price(state: State, params: Params, name: str) -> Object:
    """Change a price: never its amount, which Stripe makes a new price of."""
    price = state.get("price", name)
    was = before(price)
    changed = params.every("nickname", "lookup_key", "tax_behavior")
    changed |= {"active": params.flag("active", price["active"]), "metadata": params.metadata(price["metadata"])}
    params.done()
    price.update(changed)
    tell(state, "price.updated", price, was)
    return price
