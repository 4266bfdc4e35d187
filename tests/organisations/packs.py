"""What the tests of leaving packs share."""

from __future__ import annotations

from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.privacy.conftest import Copy


def ask(browser: Visitor, team: Team) -> str:
    """Ask for a pack; return its address without `/page`, with its key."""
    page = browser.submit(f"{team.path}/leaving-pack")
    assert page.path.endswith("/page"), page.path
    return page.path.removesuffix("/page")


def emailed(outbox: Outbox, email: str) -> str:
    """Return the address of a pack as the email that says it is ready has it."""
    return outbox.last(email).link("/leaving-pack/").removesuffix("/page")


def fetched(browser: Visitor, address: str) -> Copy:
    """Download a pack and open it."""
    answer = browser.client.get(address, base_url="http://localhost")
    assert answer.status_code == 200, answer.status_code
    return Copy.of(answer.data).verified()


def status(browser: Visitor, address: str, **headers: str) -> int:
    """Return what comes of asking for a pack."""
    return browser.client.get(address, base_url="http://localhost", headers=headers).status_code
