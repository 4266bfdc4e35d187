"""A mark is left in every field that a customer can fill; after the deletion it is nowhere, in no log line either (P28)."""

from __future__ import annotations

import io
import logging

import pytest
from PIL import Image
from sqlalchemy import select

from portal.kit import logs
from portal.kit.db import db
from portal.kit.files import storage
from portal.mail import transport
from portal.privacy.models import ErasureStep
from tests.privacy.conftest import traces_of
from tests.support import samples

pytestmark = pytest.mark.both_databases

MARK = "findme-5c27e1"
OLD, EVE, NEVER = f"{MARK}-old@example.com", f"{MARK}@example.com", f"{MARK}-never@example.com"
PASSWORD = "eve leaves her traces in here"
BROWSER = {"User-Agent": f"Firefox {MARK} Linux"}


def marked_photo() -> bytes:
    """A photo whose metadata bear the mark."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = MARK
    Image.new("RGB", (40, 40)).save(out, "JPEG", exif=exif, comment=MARK.encode())
    return out.getvalue()


@pytest.fixture
def told(app, capfd):
    """Return everything that was written to the log so far."""
    logging.getLogger("some.library").warning("an email to %s", EVE)
    assert isinstance(logging.getLogger().handlers[0].formatter, logs._TypeOnly)
    return lambda: "".join(capfd.readouterr())


def a_whole_life(cast, client, new_client, outbox, clock):
    """Fill every field, move to another address, get an answer; return whose life it was."""
    client.submit("/contact", name=MARK, email=OLD.upper(), subject=f"As a stranger {MARK}", message=MARK)
    client.submit("/newsletter", email=OLD)
    client.submit(outbox.last(OLD).link("/newsletter/confirm/"))
    eve = cast.make(MARK, OLD, PASSWORD)
    client.submit("/login", email=OLD, password=f"not {MARK}", headers=BROWSER)
    browser = cast.sign_in(eve)
    browser.submit("/settings/profile", name=f"Eve {MARK}")
    browser.submit("/settings/avatar", photo=(io.BytesIO(marked_photo()), f"{MARK}.jpg"))
    files = samples.chosen((f"{MARK}.pdf", samples.pdf() + f"% {MARK} %%EOF".encode()))
    ticket = browser.submit("/contact", subject=MARK, message=f"Write to {MARK}", files=files).path
    browser.submit(ticket, message=f"Still {MARK}", files=samples.chosen((f"{MARK}.txt", MARK.encode())))
    new_client().submit("/report-misuse", email=OLD, message=f"{MARK} is in there")
    browser.submit("/settings/email", email=EVE)
    browser.submit(outbox.last(EVE).link("/email/confirm/"))
    # The change of address is forgotten after its days to undo; what was written from the old one is not.
    clock.forward(days=8)
    new_client().submit("/report-misuse", email=EVE, message=f"{MARK} is in there")
    new_client().submit("/signup", name=MARK, email=EVE.upper(), password=f"the password of {MARK}", accept_terms="y")
    browser = cast.sign_in(eve)
    browser.submit("/settings/email", email=NEVER)
    browser.submit("/settings/privacy", action="/settings/privacy/export")
    sam = cast.sign_in_staff(cast.sam)
    desk = ticket.replace("/support/", "/admin/tickets/")
    sam.submit(desk, message=f"Dear {MARK}, in the drawer.")
    return eve


def carry_out(run_jobs, clock, tick):
    """Let some hours of schedules go by."""
    for _hour in range(3):
        tick()
        clock.forward(hours=1)
        tick()
        run_jobs()


def receipts(app):
    """Return the keys of the receipts in the mailbox of development."""
    with app.app_context():
        return [key for key, email in transport.mailbox() if email["subject"].startswith("Receipt")]


def test_what_was_ever_typed_is_gone_and_was_never_in_a_log(
    app, cast, client, new_client, outbox, clock, tick, run_jobs, told, product, settings, monkeypatch
):
    """Also not with a product that is slow to confirm, and a vendor whose addresses wait to be given to it by hand."""
    product.is_later = True
    monkeypatch.setattr(transport, "_send_smtp", lambda *_email: None)
    settings(smtp_url="smtp://smtp.sendgrid.net:587")
    eve = a_whole_life(cast, client, new_client, outbox, clock)
    carry_out(run_jobs, clock, tick)
    assert set(traces_of(app, MARK)) >= {
        "person.name", "person.email", "ticket.subject", "ticket.name", "ticket_message.body", "ticket_attachment.name",
        "sign_up.name", "email_change.new_email", "newsletter_subscriber.email",
    }  # fmt: skip
    cast.sign_in(eve).submit("/settings/privacy/delete", confirm="y")
    run_jobs()
    clock.forward(days=14, hours=1)
    carry_out(run_jobs, clock, tick)
    (receipt,) = receipts(app)
    with app.app_context():
        # The receipt lies in the reader's own mailbox, which development keeps for them; and in nobody else's.
        storage().remove(receipt)
        for key, email in transport.mailbox():
            if email["to"].casefold() in (OLD, NEVER):
                storage().remove(key)
    # The words of whoever reported misuse are theirs, and have an end of their own.
    assert {name for name in traces_of(app, MARK) if name != "portal.db"} == {"ticket_message.body"}
    with app.app_context():
        assert {step.target for step in db.session.scalars(select(ErasureStep)) if step.sealed} == {"sendgrid"}
    body, headers = product.confirmation(product.seen[0])
    assert client.client.post("/webhooks/products/production", data=body, headers=headers).status_code == 204
    assert product.deleted == [str(eve.id)]
    clock.forward(days=180)
    carry_out(run_jobs, clock, tick)
    with app.app_context():
        for key, email in transport.mailbox():
            assert email["subject"] == "Part of your deletion isn’t confirmed yet", "the vendor was not confirmed by hand"
            storage().remove(key)
    assert traces_of(app, MARK) == {}
    lines = told().lower()
    assert "accounts.signup" in lines
    assert MARK not in lines
