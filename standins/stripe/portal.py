"""The Customer Portal's sessions: an address that shows one customer their subscriptions, card and invoices for an hour."""

from __future__ import annotations

import secrets

from standins.stripe.customers import find
from standins.stripe.params import Params
from standins.stripe.routes import route
from standins.stripe.state import Object, State

SECONDS = 3600


@route("POST", "/v1/billing_portal/sessions")
def make_portal_session(state: State, params: Params) -> Object:
    """Make a session."""
    customer, back = find(state, params.needed("customer")), params.text("return_url")
    locale, configuration = params.text("locale"), params.text("configuration", "bpc_standin")
    params.done()
    session = state.make(
        "billing_portal.session", customer=customer["id"], return_url=back, locale=locale, configuration=configuration
    )  # fmt: skip
    token = secrets.token_urlsafe(24)
    session["url"] = f"{state.url}/p/session/{token}"
    state.hidden[session["id"]] = {"token": token}
    return session


def customer_by(state: State, token: str) -> tuple[Object, Object] | None:
    """Return the session of an address and its customer; None when there is none any more."""
    for session in state.all("billing_portal.session"):
        if secrets.compare_digest(state.hidden[session["id"]]["token"], token):
            customer = state.get("customer", session["customer"])
            is_over = customer.get("deleted") or session["created"] + SECONDS < state.now()
            return None if is_over else (session, customer)
    return None
