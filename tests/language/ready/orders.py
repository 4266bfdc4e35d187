"""Somebody on the walk who has things deleted by itself and restricts the use of the rest: asked, here, gone, told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from portal.accounts.models import SignInEvent, SignInSession
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy import service
from portal.privacy.models import StandingOrder
from tests.language.ready.walk import Walk

PATH = "/settings/privacy/orders"


def delete_by_itself(walk: Walk) -> None:
    """Set every order, be asked for the first and the last time, say so, and change the password."""
    ion = walk.somebody("Ίων", "ion")
    reader = walk.signed_in(ion)
    reader.submit(PATH, tickets="8")
    reader.submit(PATH, tickets="90", files="7", history="30", account="180")
    for asked in (2, 0):
        with walk.app.app_context(), unit_of_work():
            away = {"starts_at": clock.now(), "here_at": clock.now() - timedelta(days=170)}
            db.session.execute(
                update(StandingOrder).values(**away, asked=asked, looked_at=None, email_id=None, goes_at=None)
            )
            for model, column in ((SignInSession, "seen_at"), (SignInEvent, "last_at")):
                db.session.execute(update(model).where(model.person_id == ion.id).values({column: away["here_at"]}))
        with walk.app.app_context(), unit_of_work():
            service.ask_idle()
        walk.read_emails()
    link = walk.outbox.last(ion.email).link("/still-here/")
    visitor = walk.visitor()
    visitor.submit(link)
    visitor.get(link)
    reader = walk.signed_in(ion)
    off = dict.fromkeys(("tickets", "files", "history", "account"), "0")
    reader.submit(PATH, **off)
    reader.submit(PATH, **{**off, "account": "365"})
    for part in ("on", "off"):
        reader.submit("/settings/privacy/restriction", action=f"/settings/privacy/restriction/{part}")
    reader.get("/settings/privacy/requests")
    reader.submit("/settings/password", current_password=ion.password, password="οκτώ κουμπιά σε ένα παλιό κουτί")
    walk.read_emails()
