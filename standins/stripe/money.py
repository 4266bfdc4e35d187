"""Sums: what a line costs, Australia's GST in it, and what a period that changes half way is worth."""

from __future__ import annotations

from standins.stripe.state import Object

GST_PERCENT = 10


def rounded(amount: int, share: int, whole: int) -> int:
    """Return a share of an amount in minor units, half a unit away from zero."""
    sign, part = (1 if amount * share >= 0 else -1), abs(amount * share)
    return sign * ((2 * part + whole) // (2 * whole))


def taxes(amount: int, price: Object, address: Object | None, *, is_automatic: bool) -> list[Object] | None:
    """Return the tax on a line: GST for whoever is in Australia, where tax is computed at all."""
    if not is_automatic:
        return None
    is_here = (address or {}).get("country") == "AU"
    is_inclusive = price["tax_behavior"] == "inclusive"
    tax = 0
    if is_here:
        tax = rounded(amount, GST_PERCENT, 100 + GST_PERCENT if is_inclusive else 100)
    return [
        {
            "amount": tax,
            "tax_behavior": "inclusive" if is_inclusive else "exclusive",
            "tax_rate_details": None,
            "taxability_reason": "standard_rated" if is_here else "not_collecting",
            "taxable_amount": (amount - tax if is_inclusive else amount) if is_here else 0,
            "type": "tax_rate_details",
        }
    ]


def totals(lines: list[Object]) -> Object:
    """Return the sums of an invoice or a checkout, by the names that invoices have for them."""
    subtotal = sum(line["amount"] for line in lines)
    found = [tax for line in lines for tax in line["taxes"] or []]
    included = sum(tax["amount"] for tax in found if tax["tax_behavior"] == "inclusive")
    added = sum(tax["amount"] for tax in found if tax["tax_behavior"] == "exclusive")
    by_kind: dict[tuple[str, str], Object] = {}
    for tax in found:
        same = by_kind.setdefault(
            (tax["tax_behavior"], tax["taxability_reason"]), {**tax, "amount": 0, "taxable_amount": 0}
        )  # fmt: skip
        same["amount"] += tax["amount"]
        same["taxable_amount"] += tax["taxable_amount"]
    return {
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - included,
        "total": subtotal + added,
        "total_excluding_tax": subtotal - included,
        "total_taxes": list(by_kind.values()) or None,
    }
