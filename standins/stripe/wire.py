"""The API over HTTP, as a WSGI app: keys, idempotency, errors, outages."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from flask import Blueprint, Response, current_app, request

from standins.stripe import catalogue, checkout, collecting, credit_notes, customers, endings, events, portal
from standins.stripe import params as parameters
from standins.stripe.account import Account
from standins.stripe.included import INCLUDED
from standins.stripe.lists import expanded
from standins.stripe.params import Params
from standins.stripe.refusals import Refusal
from standins.stripe.routes import carry_out
from standins.stripe.state import API_VERSION, Object

bp = Blueprint("api", __name__)
RESOURCES = (catalogue, checkout, collecting, credit_notes, customers, endings, events, portal)
"""Whose addresses are answered; those that they lean on bring theirs along."""
SAME_KEY = "Keys for idempotent requests can only be used with the same parameters they were first used with."


class Cut(ConnectionError):
    """The connection is cut without an answer."""


def account() -> Account:
    """Return the account that is served."""
    served: Account = current_app.extensions["stripe.account"]
    return served


@bp.route("/v1/<path:_path>", methods=["GET", "POST", "DELETE"])
@bp.route("/v2/<path:_path>", methods=["GET", "POST"])
def answer(_path: str) -> Response:
    """Answer a request of the API."""
    outage = account().next_outage(f"{request.method} {request.path}")
    kind = outage.kind if outage else ""
    if kind == "down":
        raise Cut
    if kind == "failing":
        return _error(Refusal("Something went wrong on our end.", status=500, kind="api_error"))
    if kind == "limited":
        return _error(Refusal("Request rate limit exceeded.", status=429, code="rate_limit"))
    if kind == "nonsense":
        return Response("<html><body><h1>It works!</h1></body></html>", 200, mimetype="text/html")
    if kind == "strange":
        return Response("[1, null]", 200, mimetype="application/json")
    with account().state.lock:
        response = _carried_out()
    if kind == "lost":
        raise Cut
    if outage and kind == "slow":
        time.sleep(outage.seconds)
    return response


def _carried_out() -> Response:
    try:
        _check_key()
        return _once() if request.method == "POST" else _answered(200, _done())
    except Refusal as refusal:
        return _error(refusal)


def _check_key() -> None:
    given = request.authorization
    key = (given.token or given.username or "") if given else ""
    if not key:
        raise Refusal("You did not provide an API key.", status=401)
    if not secrets.compare_digest(key.encode(), account().api_key.encode()):
        raise Refusal(f"Invalid API Key provided: {key[:7]}****", status=401)


def _once() -> Response:
    """Carry a request out, or answer as it was answered before under the same idempotency key."""
    state, key = account().state, request.headers.get("Idempotency-Key")
    asked = [request.path, request.get_data(as_text=True)]
    if key and (kept := state.answers.get(key)):
        if kept[0] != asked:
            raise Refusal(SAME_KEY, kind="idempotency_error")
        response = _answered(kept[1], kept[2])
        response.headers["Idempotent-Replayed"] = "true"
        return response
    try:
        status, body = 200, _done()
    except Refusal as refusal:
        if refusal.status != 402:  # what a bank has said is an answer; what is wrong with a request may be mended
            raise
        status, body = refusal.status, {"error": refusal.error}
    if key:
        state.answers[key] = [asked, status, body]
    state.save()
    return _answered(status, body)


def _done() -> Object:
    state, given = account().state, _params()
    state.asked = {"id": f"req_{secrets.token_hex(7)}", "idempotency_key": request.headers.get("Idempotency-Key")}
    wanted = [*given.words("expand"), *given.words("include")]
    try:
        found = carry_out(state, request.method, request.path, given)
    finally:
        state.asked = {"id": None, "idempotency_key": None}
    given.done()
    if request.method == "DELETE":
        state.save()
    return expanded(state, found, wanted, INCLUDED)


def _params() -> Params:
    if request.is_json:
        tree: Any = request.get_json(silent=True)
        return Params(tree if isinstance(tree, dict) else {})
    return parameters.read([*request.args.items(multi=True), *request.form.items(multi=True)])


def _error(refusal: Refusal) -> Response:
    return _answered(refusal.status, {"error": refusal.error})


def _answered(status: int, body: object) -> Response:
    response = Response(json.dumps(body), status, mimetype="application/json")
    response.headers.update({"Request-Id": f"req_{secrets.token_hex(7)}", "Stripe-Version": API_VERSION})
    return response
