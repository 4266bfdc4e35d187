"""State that belongs to one form travels in that form or its address, never in a slot of the browser's cookie (rule 12)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from portal.kit.access import SESSION_SLOT
from tests.rules.source import ROOT

PORTAL = ROOT / "portal"
SESSION_IN = {"kit/access.py": "who is signed in, and the notices that a page shows once"}
"""The one module that may touch Flask's session, and what for."""
COOKIES_IN = {
    "consent/browser.py": "the decision about analytics, and Google's own cookies when they are removed",
    "kit/browser_marks.py": "the marks of accounts that were signed in to in this browser",
}
"""The modules that may set or remove cookies of their own, and which."""
KEPT = {SESSION_SLOT, "_permanent", "csrf_token", "_flashes"}
"""All that the portal's cookie may hold: the session, the CSRF token, and notices that are shown once."""


def slots(source: str) -> Iterator[str]:
    """Yield each use of Flask's session, and each cookie that is set or removed."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.ImportFrom)
            and node.module == "flask"
            and any(name.name == "session" for name in node.names)
        ):
            yield "session"
        if isinstance(node, ast.Attribute) and node.attr in ("set_cookie", "delete_cookie"):
            yield "cookie"


def outside(files: list[tuple[str, str]]) -> list[str]:
    """Return the files that use a slot without a place in the lists above."""
    allowed = {"session": SESSION_IN, "cookie": COOKIES_IN}
    return [f"{name}: {slot}" for name, source in files for slot in slots(source) if name not in allowed[slot]]


def sources() -> list[tuple[str, str]]:
    return [(str(path.relative_to(PORTAL)), path.read_text()) for path in sorted(PORTAL.rglob("*.py"))]


def test_no_module_keeps_the_state_of_a_form_in_a_cookie() -> None:
    assert outside(sources()) == []


def test_every_exception_is_used() -> None:
    used = {(name, slot) for name, source in sources() for slot in slots(source)}
    assert {(name, "session") for name in SESSION_IN} | {(name, "cookie") for name in COOKIES_IN} == used


@pytest.mark.parametrize(
    "planted",
    [
        "from flask import redirect, session\n",
        "def answer(r):\n    r.set_cookie('step', 'x')\n",
        "r.delete_cookie('step')\n",
    ],
)
def test_a_planted_slot_is_found(planted: str) -> None:
    assert outside([("support/routes.py", planted)])


def test_what_the_cookie_holds_after_a_day_of_use(client, new_client, cast, outbox) -> None:
    """Half a sign-in, a sign-up, a reset link and a confirmation leave nothing in the browser but who is signed in."""
    cast.give_factor(cast.ada)
    client.submit("/signup", name="Mei", email="mei@example.com", password="mei sews at half past nine", accept_terms="y")
    client.submit("/forgot-password", email=cast.ada.email)
    client.get(outbox.last(cast.ada.email).link("/reset-password/"))
    client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    with client.client.session_transaction(base_url="http://localhost") as kept:
        assert set(kept) <= KEPT
    client.fill_in(code=cast.code(cast.ada))
    client.submit("/settings/profile", name="Ada T")
    with client.client.session_transaction(base_url="http://localhost") as kept:
        assert set(kept) <= KEPT
        assert SESSION_SLOT in kept
