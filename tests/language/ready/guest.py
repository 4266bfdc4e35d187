"""A guest on the walk: their ticket by its link, while it works and after, and the mailbox that shows their emails."""

from __future__ import annotations

import io

from tests.language.ready.walk import Walk
from tests.support.samples import png


def read_as_guest(walk: Walk, *, email: str) -> None:
    """Read the ticket that a link opens, reply with a file, delete it, close; then read that the link has ended."""
    guest = walk.visitor()
    link = walk.outbox.last(email).link("/ticket/")
    guest.submit(link, message="")
    page = guest.submit(link, message="Ακόμη κάτι", files=(io.BytesIO(png()), "α.png"))
    removal = next(form["action"] for form in page.soup.find_all("form") if form.get("action", "").endswith("/delete"))
    page = guest.submit(link, action=removal)
    assert guest.submit(link, action=f"{link}/close").status == 200
    ended = guest.post("/ticket/x", **{**page.fields(), "message": "Ακόμη κάτι"})
    assert ended.status == 410
    shown = guest.get("/dev/mailbox").soup.select_one("main h2 a")["href"]
    guest.get(f"{shown}?part=text&width=narrow")
