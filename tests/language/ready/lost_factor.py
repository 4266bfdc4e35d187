"""The chapter of who has lost phone and codes, for the walk through every page and email."""

from __future__ import annotations

from portal.accounts import service as accounts
from portal.kit.unit import unit_of_work
from tests.accounts.walk import CONFIRM, GONE
from tests.language.ready.walk import Reader, Walk
from tests.people import Somebody

KEEP = "/settings/second-factor/keep"
INSIDE = "/settings/second-factor/lost"


def lose_the_factor(walk: Walk) -> None:
    """Ask and stop, ask and let it happen, and ask as those whom the portal refuses."""
    mia = walk.somebody("Μία", "mia")
    walk.cast.give_factor(mia)
    reader = walk.signed_in(mia)
    reader.submit(INSIDE, password="λάθος")
    _ask_and_confirm(walk, reader, mia)
    reader.submit("/settings/security", action=KEEP)
    _ask_and_confirm(walk, reader, mia)
    for _reminder_then_day in range(2):
        walk.clock.forward(days=6)
        with walk.app.app_context(), unit_of_work():
            accounts.enqueue_due_removals()
        walk.read_emails()
    walk.signed_in(mia).get("/settings/security")
    _be_refused(walk)


def _ask_and_confirm(walk: Walk, reader: Reader, person: Somebody) -> None:
    _ask(walk, person)
    walk.visitor().submit(walk.outbox.last(person.email).link(CONFIRM))
    for path in ("/home", "/settings/security", INSIDE):
        reader.get(path)
    _ask(walk, person)
    walk.read_emails()


def _be_refused(walk: Walk) -> None:
    short = walk.cast.make("Κώστας", "kostas@example.com", "αργαλειός", language="zh_Hans")
    closing, helper = walk.somebody("Λίνα", "lina"), walk.somebody("Πέτρος", "petros")
    for person in (short, closing, helper):
        walk.cast.give_factor(person)
    walk.signed_in(closing).submit("/settings/privacy/delete", confirm="y")
    walk.cast.give_role(helper, "support")
    for person in (short, closing, helper):
        _ask(walk, person)


def _ask(walk: Walk, person: Somebody) -> None:
    """Ask as the pages let one, or as if the page had been open before."""
    browser = walk.visitor()
    page = browser.submit("/login", email=person.email, password=person.password)
    sent = page.fields("/login/second-factor")
    browser.send(page, action=GONE)
    browser.post(f"{GONE}/request", csrf_token=sent["csrf_token"], step=sent["step"])
