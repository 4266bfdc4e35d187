"""How Stripe says no: an error of one of its types, with its code, the parameter and a sentence."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out."""

    def __init__(self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **{name: value for name, value in more.items() if value is not None}}


def missing(kind: str, name: str, param: str = "id") -> Refusal:
    """Say that there is no such thing."""
    word = kind.rpartition(".")[2].replace("_", " ")
    status = 404 if param == "id" else 400
    return Refusal(f"No such {word}: '{name}'", status=status, code="resource_missing", param=param)


DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": ("processing_error", "An error occurred while processing your card. Try again in a little bit."),
}
"""Why a bank declines -> the error's code and sentence. https://docs.stripe.com/declines/codes"""


def declined(why: str, **more: object) -> Refusal:
    """Say that the bank has declined the card."""
    code, message = DECLINES[why]
    shown = why if code == "card_declined" else None
    return Refusal(message, status=402, kind="card_error", code=code, decline_code=shown, **more)
