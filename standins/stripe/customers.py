"""Customers, their tax ids and their cards."""

from __future__ import annotations

import secrets

from standins.stripe.events import before, deleted, tell
from standins.stripe.lists import page
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal, missing
from standins.stripe.routes import route
from standins.stripe.state import Object, State

ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")
TEXTS = ("description", "email", "name", "phone")


def find(state: State, name: str, param: str = "customer") -> Object:
    """Return a customer who is not deleted."""
    customer = state.get("customer", name, param)
    if customer.get("deleted"):
        raise missing("customer", name, param)
    return customer


def address_of(params: Params, name: str = "address") -> Object | None:
    """Return the postal address that was sent, whole."""
    group = params.group(name)
    given = {part: group.text(part) for part in ADDRESS}
    return given if any(given.values()) else None


def _read(params: Params, customer: Object | None) -> Object:
    changed: Object = dict(params.every(*TEXTS))
    if "address" in params:
        changed["address"] = address_of(params)
    if "preferred_locales" in params:
        changed["preferred_locales"] = params.words("preferred_locales")
    changed["tax_exempt"] = params.text("tax_exempt", customer["tax_exempt"] if customer else "none")
    changed["metadata"] = params.metadata(customer["metadata"] if customer else None)
    return changed


def new_customer(state: State, **fields: object) -> Object:
    """Make a customer."""
    customer = state.make("customer", invoice_prefix=secrets.token_hex(4).upper(), **fields)
    tell(state, "customer.created", customer)
    return customer


@route("POST", "/v1/customers")
def make_customer(state: State, params: Params) -> Object:
    """Make a customer."""
    fields, ids = _read(params, None), [(row.needed("type"), row.needed("value")) for row in params.groups("tax_id_data")]
    params.done()
    customer = new_customer(state, **fields)
    for kind, value in ids:
        add_tax_id(state, customer, kind, value)
    return customer


@route("GET", "/v1/customers")
def list_customers(state: State, params: Params) -> Object:
    """List customers."""
    email = params.text("email")
    return page(
        state, "customer", params, "/v1/customers",
        lambda each: not each.get("deleted") and email in (None, each["email"]),
    )  # fmt: skip


@route("GET", "/v1/customers/{}")
def get_customer(state: State, _params: Params, name: str) -> Object:
    """Return a customer, or that one is deleted."""
    return state.get("customer", name)


@route("POST", "/v1/customers/{}")
def change_customer(state: State, params: Params, name: str) -> Object:
    """Change a customer."""
    customer = find(state, name, "id")
    was, changed = before(customer), _read(params, customer)
    settings = params.group("invoice_settings")
    card = settings.text("default_payment_method")
    if card:
        if state.get("payment_method", card, "default_payment_method")["customer"] != name:
            raise Refusal("The customer does not have a payment method with that ID.", param="default_payment_method")
        changed["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": card}
    params.done()
    customer.update(changed)
    tell(state, "customer.updated", customer, was)
    return customer


def add_tax_id(state: State, customer: Object, kind: str, value: str) -> Object:
    """Give a customer a tax id."""
    country = {"eu_vat": value[:2].upper(), "au_abn": "AU", "cn_tin": "CN", "us_ein": "US", "gb_vat": "GB", "nz_gst": "NZ"}
    if kind not in country:
        raise Refusal(f"Invalid type: {kind}", param="type")
    if kind == "au_abn" and (len(value.replace(" ", "")) != 11 or not value.replace(" ", "").isdigit()):
        raise Refusal("Invalid value for au_abn.", code="tax_id_invalid", param="value")
    owner = {"customer": customer["id"], "customer_account": None, "type": "customer"}
    made = state.make("tax_id", customer=customer["id"], owner=owner, country=country[kind], type=kind, value=value)
    tell(state, "customer.tax_id.created", made)
    return made


@route("POST", "/v1/customers/{}/tax_ids")
def make_tax_id(state: State, params: Params, name: str) -> Object:
    """Give a customer a tax id."""
    customer, kind, value = find(state, name), params.needed("type"), params.needed("value")
    params.done()
    return add_tax_id(state, customer, kind, value)


@route("GET", "/v1/customers/{}/tax_ids")
def list_tax_ids(state: State, params: Params, name: str) -> Object:
    """List a customer's tax ids."""
    find(state, name)
    return page(state, "tax_id", params, f"/v1/customers/{name}/tax_ids", lambda each: each["customer"] == name)


@route("GET", "/v1/customers/{}/tax_ids/{}")
def get_tax_id(state: State, _params: Params, customer: str, name: str) -> Object:
    """Return a customer's tax id."""
    found = state.get("tax_id", name)
    if found["customer"] != customer:
        raise missing("tax_id", name)
    return found


@route("DELETE", "/v1/customers/{}/tax_ids/{}")
def delete_tax_id(state: State, params: Params, customer: str, name: str) -> Object:
    """Delete a customer's tax id."""
    found = get_tax_id(state, params, customer, name)
    del state.objects["tax_id"][name]
    tell(state, "customer.tax_id.deleted", found)
    return deleted("tax_id", name)


@route("GET", "/v1/customers/{}/payment_methods")
def list_cards(state: State, params: Params, name: str) -> Object:
    """List a customer's cards."""
    find(state, name)
    params.text("type", one_of=("card",))
    url = f"/v1/customers/{name}/payment_methods"
    return page(state, "payment_method", params, url, lambda each: each["customer"] == name)
