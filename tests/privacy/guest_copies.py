"""What the tests of a guest's copy share: somebody without an account, and the way to their file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.conftest import Outbox, Visitor
from tests.privacy.desk import GUEST
from tests.privacy.test_asking import code_in, proven

MARK = "Where is my zip of May"


def write_ticket(browser: Visitor, email: str = GUEST) -> None:
    """Write to the helpdesk without an account."""
    browser.submit("/contact", name="Gus", email=email, subject="Zips", message=MARK)


def request_copy(browser: Visitor, outbox: Outbox, email: str = GUEST, kind: str = "copy") -> str:
    """Write to the helpdesk, ask for a copy and prove it; return the address of the request's page."""
    write_ticket(browser, email)
    return proven(browser, outbox, email, kind=kind).path


def ready_copy(browser: Visitor, outbox: Outbox, email: str = GUEST, kind: str = "copy") -> str:
    """Have such a copy built, and return its address from the email."""
    request_copy(browser, outbox, email, kind)
    return str(outbox.last(email).link("/privacy/request/"))


@dataclass
class Fetching:
    """A browser at the address of a copy."""

    browser: Visitor
    outbox: Outbox
    address: str
    email: str = GUEST

    def code(self) -> str:
        """Ask for a code, and return the one that was mailed."""
        self.browser.send(self.browser.get(self.address), action=f"{self.address}/code")
        return code_in(self.outbox, self.email)

    def give(self, code: str) -> Any:
        """Give a code, and return the answer."""
        token = self.browser.get(self.address).fields(self.address)["csrf_token"]
        return self.browser.client.post(self.address, data={"csrf_token": token, "code": code})

    def location(self) -> str:
        """Give a new code, and return the address of the file."""
        return str(self.give(self.code()).headers["Location"])
