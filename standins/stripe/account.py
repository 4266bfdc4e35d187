"""One account at Stripe as it is served: its key, its state, and what goes wrong on demand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from random import Random

from standins.stripe import clockwork, payments, webhooks
from standins.stripe.state import Destination, Object, State


@dataclass
class Outage:
    """What goes wrong with the next `times` requests, or with all while it is None.

    `down`: no answer, nothing done · `lost`: done, and no answer · `failing`: 500 · `limited`: 429 · `slow`: done, and
    answered after so many seconds · `nonsense`: 200, and no JSON · `strange`: 200, and JSON that is no answer.
    """

    kind: str
    times: int | None = None
    seconds: float = 30


OUTAGES = ("down", "lost", "failing", "limited", "slow", "nonsense", "strange")


@dataclass
class Account:
    """What a test and the developer's page act upon."""

    state: State = field(default_factory=State)
    api_key: str = field(default_factory=lambda: f"sk_test_standin{secrets.token_hex(16)}")
    outage: Outage | None = None
    requests: list[str] = field(default_factory=list)
    """Method and path of each request of the API, in order."""

    def next_outage(self, request: str) -> Outage | None:
        """Note a request; return what goes wrong with it, if anything does."""
        self.requests.append(request)
        found = self.outage
        if found and found.times is not None:
            found.times -= 1
            if found.times <= 0:
                self.outage = None
        return found

    def listen(self, url: str, secret: str, *events: str, is_thin: bool = False) -> None:
        """Send events to an address from now on."""
        self.state.destinations.append(Destination(url, secret, events or ("*",), is_thin))

    def advance(self, *, days: float) -> None:
        """Let time pass."""
        with self.state.lock:
            clockwork.advance(self.state, round(days * 86400))
            self.state.save()

    def send(self, *, shuffled: Random | None = None, times: int = 1) -> list[int]:
        """Send the webhooks that wait; return the statuses."""
        return webhooks.send(self.state, shuffled=shuffled, times=times)

    def dispute(self, charge: str) -> Object:
        """Let a card's holder dispute a charge."""
        with self.state.lock:
            made = payments.dispute(self.state, self.state.get("charge", charge))
            self.state.save()
            return made

    def win(self, dispute: str) -> None:
        """Decide a dispute for us."""
        with self.state.lock:
            payments.close_dispute(self.state, self.state.get("dispute", dispute), is_won=True)
            self.state.save()
