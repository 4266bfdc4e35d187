"""All that the stand-in knows: objects, answers by idempotency key, its clock; kept in a file where one is named."""

from __future__ import annotations

import copy
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from standins.stripe.refusals import missing

Object = dict[str, Any]

API_VERSION = "2026-10-28.endive"
"""The version of Stripe's API that the pinned SDK speaks."""
SHAPES: dict[str, Object] = json.loads((Path(__file__).parent / "shapes.json").read_text())
PREFIXES = {
    "product": "prod_", "price": "price_", "customer": "cus_", "tax_id": "txi_", "payment_method": "pm_",
    "payment_intent": "pi_", "charge": "ch_", "refund": "re_", "dispute": "dp_", "checkout.session": "cs_test_",
    "billing_portal.session": "bps_", "subscription": "sub_", "subscription_item": "si_", "invoice": "in_",
    "line_item": "il_", "credit_note": "cn_", "event": "evt_",
}  # fmt: skip


@dataclass(frozen=True)
class Destination:
    """Where events are sent, signed: those of the kinds that `events` name, as snapshots or thin."""

    url: str
    secret: str
    events: tuple[str, ...] = ("*",)
    is_thin: bool = False


class State:
    """One account at Stripe. Whoever changes it holds `lock`."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.lock = RLock()
        self.url = ""
        """Where its pages are."""
        self.destinations: list[Destination] = []
        self.asked: Object = {"id": None, "idempotency_key": None}
        """The request that is being carried out, as its events name it."""
        kept = json.loads(file.read_text()) if file and file.exists() else {}
        self.objects: dict[str, dict[str, Object]] = kept.get("objects", {})
        self.answers: dict[str, list[Any]] = kept.get("answers", {})
        """What was answered under an idempotency key, beside what was asked."""
        self.hidden: dict[str, Object] = kept.get("hidden", {})
        """By id what Stripe knows of an object and does not show, such as how a card behaves."""
        self.shift: int = kept.get("shift", 0)
        """Seconds that the stand-in's clock is ahead."""
        self.undelivered: list[Object] = kept.get("undelivered", [])
        """Events that a destination has not taken: `{"event", "destination"}`."""

    def save(self) -> None:
        """Write everything down, where it is kept."""
        if self.file:
            names = ("objects", "answers", "hidden", "shift", "undelivered")
            draft = self.file.with_suffix(".draft")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps({name: getattr(self, name) for name in names}))
            draft.replace(self.file)

    def now(self) -> int:
        """Return the time by the stand-in's clock."""
        return int(time.time()) + self.shift

    def make(self, kind: str, **fields: object) -> Object:
        """Make an object of its empty shape. It is stored where its kind is asked for by id."""
        made = copy.deepcopy(SHAPES[kind])
        strange = fields.keys() - made.keys()
        if strange:
            raise KeyError(f"{kind} has no {sorted(strange)}")
        made.update(fields)
        made["id"] = made["id"] or PREFIXES[kind] + secrets.token_hex(12)
        for name in ("created", "updated"):
            if name in made:
                made[name] = made[name] or self.now()
        self.objects.setdefault(kind, {})[made["id"]] = made
        return made

    def get(self, kind: str, name: str | None, param: str = "id") -> Object:
        """Return an object. Raises Refusal when there is none."""
        found = self.objects.get(kind, {}).get(name or "")
        if found is None:
            raise missing(kind, name or "", param)
        return found

    def all(self, kind: str) -> Iterator[Object]:
        """Yield the objects of a kind, newest first."""
        return reversed(self.objects.get(kind, {}).values())

    def by_id(self, name: str) -> Object | None:
        """Return the object of that id, of whatever kind."""
        return next((found[name] for found in self.objects.values() if name in found), None)
