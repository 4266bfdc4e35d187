"""The developer's page: time passes, webhooks come twice, Stripe is down, a card's holder disputes a charge."""

from __future__ import annotations

from random import SystemRandom

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from standins.stripe.account import OUTAGES, Outage
from standins.stripe.wire import account

bp = Blueprint("fate", __name__)


@bp.get("/")
def look() -> str:
    """Show what there is."""
    found = account()
    objects = {kind: len(each) for kind, each in found.state.objects.items()}
    return render_template("fate.html", account=found, objects=objects, now=found.state.now(), outages=OUTAGES)


@bp.post("/fate/time")
def let_time_pass() -> Response:
    """Let days pass."""
    days = request.form.get("days", "")
    if not days.isdecimal() or not 1 <= int(days) <= 400:
        abort(400)
    account().advance(days=int(days))
    return redirect("/", 303)


@bp.post("/fate/outage")
def break_something() -> Response:
    """Let Stripe fail, or be well again."""
    kind = request.form.get("kind", "")
    account().outage = Outage(kind) if kind in OUTAGES else None
    return redirect("/", 303)


@bp.post("/fate/webhooks")
def send_again() -> Response:
    """Send the latest events once more, twice each and in another order."""
    found = account()
    with found.state.lock:
        for number, _destination in enumerate(found.state.destinations):
            for event in list(found.state.all("event"))[:20]:
                event["pending_webhooks"] += 1
                found.state.undelivered.append({"event": event["id"], "destination": number})
    found.send(shuffled=SystemRandom(), times=2)
    return redirect("/", 303)


@bp.post("/fate/dispute")
def dispute() -> Response:
    """Dispute the latest charge that was paid."""
    found = account()
    charge = next((each for each in found.state.all("charge") if each["paid"] and not each["disputed"]), None)
    if charge:
        found.dispute(charge["id"])
    return redirect("/", 303)
