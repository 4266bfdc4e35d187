"""The pages that Stripe hosts: Checkout, the Customer Portal, an invoice, a receipt."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from standins.stripe import cards, checkout, collecting, pdf, portal, subscriptions
from standins.stripe.customers import ADDRESS
from standins.stripe.endings import ENDED
from standins.stripe.events import before, tell
from standins.stripe.refusals import Refusal
from standins.stripe.state import Object, State
from standins.stripe.wire import Cut, account

bp = Blueprint("hosted", __name__)
Page = str | tuple[str, int] | AnyResponse


@bp.before_request
def _down() -> None:
    outage = account().outage
    if outage and outage.kind == "down":
        raise Cut


@bp.app_template_filter("money")
def money(amount: int, currency: str) -> str:
    """Write an amount in minor units."""
    return f"{currency.upper()} {amount / 100:,.2f}"


@bp.app_template_filter("day")
def day(moment: int) -> str:
    """Write the day of an instant."""
    return datetime.fromtimestamp(moment, UTC).strftime("%-d %B %Y")


def _session(name: str) -> tuple[State, Object]:
    state = account().state
    found = state.objects.get("checkout.session", {}).get(name) or abort(404)
    return state, found


@bp.get("/c/pay/<name>")
def pay(name: str) -> Page:
    """Show Checkout."""
    return _checkout(*_session(name))


def _checkout(state: State, session: Object, problem: str = "") -> Page:
    customer = state.objects["customer"][session["customer"]] if session["customer"] else {}
    known = {"email": customer.get("email") or session["customer_email"] or "", "name": customer.get("name") or ""}
    typed = {name: request.form.get(name, "") for name in ("email", "name", "line1", "city", "postal_code", "country")}
    page = render_template(
        "checkout.html", session=session, items=checkout.line_items(state, session)["data"], problem=problem,
        typed={**known, **{name: value for name, value in typed.items() if value}},
    )  # fmt: skip
    return page, 402 if problem else 200


@bp.post("/c/pay/<name>")
def pay_now(name: str) -> Page:
    """Complete a session by the card that was typed."""
    state, session = _session(name)
    with state.lock:
        if session["status"] != "open":
            return _checkout(state, session)
        typed = {field: value.strip() for field, value in request.form.items()}
        try:
            card = _card_of(state, typed)
            address = {part: typed.get(part) or None for part in ADDRESS}
            checkout.complete(
                state, session, card=card, email=typed.get("email", ""), name=typed.get("name", ""), address=address
            )  # fmt: skip
        except Refusal as refusal:
            return _checkout(state, session, str(refusal))
        finally:
            state.save()
    return redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)


def _card_of(state: State, typed: dict[str, str]) -> Object:
    month, _, year = typed.get("expiry", "").replace(" ", "").partition("/")
    whole = month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12
    if not whole or not typed.get("cvc", "").isdecimal() or "@" not in typed.get("email", "@"):
        raise Refusal("Enter the card’s expiry as MM / YY, its security code, and an email address.")
    address = {part: typed.get(part) or None for part in ADDRESS}
    return cards.add_card(
        state, number=typed.get("number", ""), exp_month=int(month), exp_year=2000 + int(year) % 100,
        name=typed.get("name") or None, email=typed.get("email") or None, address=address,
    )  # fmt: skip


def _visitor(token: str) -> tuple[State, Object, Object]:
    state = account().state
    found = portal.customer_by(state, token) or abort(404)
    return state, *found


@bp.get("/p/session/<token>")
def customer_portal(token: str) -> Page:
    """Show the Customer Portal."""
    state, session, customer = _visitor(token)
    return _portal(state, session, customer, token)


def _portal(state: State, session: Object, customer: Object, token: str, problem: str = "") -> Page:
    mine: dict[str, Any] = {
        kind: [each for each in state.all(kind) if each["customer"] == customer["id"]]
        for kind in ("subscription", "invoice", "payment_method")
    }
    page = render_template("portal.html", session=session, customer=customer, mine=mine, token=token, problem=problem)
    return page, 402 if problem else 200


@bp.post("/p/session/<token>/<deed>/<name>")
def change(token: str, deed: str, name: str) -> Page:
    """Cancel a subscription at its period's end, or take it up again."""
    state, _session_, customer = _visitor(token)
    with state.lock:
        subscription = state.objects.get("subscription", {}).get(name) or abort(404)
        if subscription["customer"] != customer["id"] or deed not in ("cancel", "resume"):
            abort(404)
        if subscription["status"] in ENDED:
            return redirect(f"/p/session/{token}", 303)
        was = before(subscription)
        subscriptions.cancel_at_end(state, subscription, deed == "cancel")
        tell(state, "customer.subscription.updated", subscription, was)
        state.save()
    return redirect(f"/p/session/{token}", 303)


@bp.post("/p/session/<token>/card")
def change_card(token: str) -> Page:
    """Take a new card for all that is to be paid, and pay with it what is open."""
    state, session, customer = _visitor(token)
    with state.lock:
        try:
            card = _card_of(state, dict(request.form.items()))
        except Refusal as refusal:
            return _portal(state, session, customer, token, str(refusal))
        was = before(customer)
        cards.attach(state, card, customer)
        customer["invoice_settings"]["default_payment_method"] = card["id"]
        tell(state, "customer.updated", customer, was)
        for subscription in [each for each in state.all("subscription") if each["customer"] == customer["id"]]:
            old = before(subscription)
            subscription["default_payment_method"] = card["id"]
            tell(state, "customer.subscription.updated", subscription, old)
        for invoice in [each for each in state.all("invoice") if each["customer"] == customer["id"]]:
            collecting.collect(state, invoice, card)
        state.save()
    return redirect(f"/p/session/{token}", 303)


def _invoice(token: str) -> Object:
    state = account().state
    final = (each for each in state.all("invoice") if each["number"])
    return next((each for each in final if hmac.compare_digest(state.hidden[each["id"]]["token"], token)), None) or abort(
        404
    )


@bp.get("/i/<token>")
def invoice_page(token: str) -> Page:
    """Show an invoice."""
    return render_template("invoice.html", invoice=_invoice(token), token=token, problem="")


@bp.post("/i/<token>/pay")
def pay_invoice(token: str) -> Page:
    """Pay an open invoice by the card that was typed."""
    state, invoice = account().state, _invoice(token)
    with state.lock:
        try:
            if invoice["status"] == "open":
                refusal = collecting.collect(state, invoice, _card_of(state, dict(request.form.items())))
                if refusal:
                    raise refusal
        except Refusal as refusal:
            return render_template("invoice.html", invoice=invoice, token=token, problem=str(refusal)), 402
        finally:
            state.save()
    return redirect(f"/i/{token}", 303)


@bp.get("/i/<token>/pdf")
def invoice_pdf(token: str) -> Page:
    """Give an invoice as a PDF."""
    invoice = _invoice(token)
    sums = [(each["description"], each["amount"]) for each in invoice["lines"]["data"]]
    sums += [("GST", tax["amount"]) for tax in invoice["total_taxes"] or []] + [("Total", invoice["total"])]
    lines = ["Tax invoice (stand-in: no money moves)", "", f"Number {invoice['number']}", f"Date {day(invoice['created'])}"]
    lines += [f"To {invoice['customer_name'] or invoice['customer_email'] or ''}", ""]
    lines += [f"{what}: {money(amount, invoice['currency'])}" for what, amount in sums] + [
        "",
        f"Status: {invoice['status']}",
    ]
    name = f"attachment; filename=Invoice-{invoice['number']}.pdf"
    return Response(pdf.written(lines), mimetype="application/pdf", headers={"Content-Disposition": name})


@bp.get("/receipts/<name>")
def receipt(name: str) -> Page:
    """Show the receipt of a charge."""
    charge = account().state.objects.get("charge", {}).get(name) or abort(404)
    return render_template("receipt.html", charge=charge)
