"""Corrections on the walk: asked for beside the field, wrongly at first; made, left out, and changed since."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.privacy.models import Request
from portal.privacy.service import DECLINES, statements
from portal.support.models import Ticket
from tests.language.ready.walk import Walk


def correct_data(walk: Walk) -> None:
    """Ask for a correction of a ticket's subject again and again, and decide each in another way."""
    runa, pola = walk.somebody("Ρούνα", "runa"), walk.somebody("Πόλα", "pola")
    walk.cast.give_role(pola, "privacy")
    walk.cast.give_factor(pola)
    officer, reader = walk.signed_in(pola, by_second_factor=True), walk.signed_in(runa)
    with walk.app.app_context(), unit_of_work():
        ticket = {"name": "Ρούνα", "email": runa.email, "email_key": runa.email, "subject": "Λάθος"}
        db.session.add(Ticket(reference="R7", subject_id=runa.account_id, **ticket))
    page = reader.get("/settings/privacy/data/support")
    path = page.soup.select_one("#line-ticket a[href$=correct]")["href"]
    asked = {"field": "subject", "after": "Σωστό", "message": "Σχέδιο"}
    reader.get(path)
    for wrong in ({"field": ""}, {"after": "Λάθος"}, {"after": "Σ" * 151}, {"after": "Σ" * 600}, {"after": ""}):
        reader.submit(path, **{**asked, **wrong})
    said = {"field": "subject", "body": "Λόγια"}
    disputed = path.replace("/correct", "/statement")
    reader.submit(disputed, **{**said, "field": ""})
    reader.submit(disputed, **{**said, "body": "Λ" * 2001})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "MOST", 0)
        reader.submit(disputed, **said)
    reader.submit(disputed, **said)
    reader.get(disputed)
    reader.get("/settings/privacy/data")
    _read_ticket(walk, path.split("/")[-2])
    page = reader.submit("/settings/privacy/requests/new", kind="correction", message="Λάθος")
    request = page.path.replace("/settings/privacy/", "/admin/")
    late = officer.get(request)
    reader.submit(path, **asked)
    officer.send(late, action=request, ending="done.answered", answer="Ναι")
    _enter(officer, request)
    for reason in DECLINES:
        request = _asked(walk, reader, path, asked)
        officer.get(request)
        officer.submit(f"{request}/corrections", applied=[], reason="", answer="")
        officer.submit(f"{request}/corrections", applied=[], reason=reason.value, answer="Όχι")
        reader.get("/settings/privacy/requests")
    request = _asked(walk, reader, path, asked)
    reader.submit(path, **{**asked, "field": "name"})
    late = officer.get(f"{request}/corrections")
    ids = [box["value"] for box in late.soup.select("[name=applied]")]
    with walk.app.app_context(), unit_of_work():
        db.session.execute(update(Ticket).where(Ticket.subject == "Λάθος").values(subject="Άλλο"))
    officer.submit(f"{request}/corrections", applied=ids, answer="Ναι")
    reader.submit(path, **{**asked, "after": "Σωστά"})
    officer.send(late, applied=ids, answer="Ναι")
    made = officer.submit(f"{request}/corrections", applied=ids, answer="Ναι")
    officer.get(f"{request}/corrections")
    officer.send(late, applied=ids, answer="Ναι")
    reader.get(made.path.replace("/admin/", "/settings/privacy/"))
    reader.submit(disputed, **{**said, "body": ""})


def _read_ticket(walk: Walk, ticket_id: str) -> None:
    niki = walk.somebody("Νίκη", "niki")
    walk.cast.give_role(niki, "support")
    walk.cast.give_factor(niki)
    walk.signed_in(niki, by_second_factor=True).get(f"/admin/tickets/{ticket_id}")


def _asked(walk: Walk, reader: Any, path: str, asked: dict[str, str]) -> str:
    page = reader.submit(path, **asked)
    reader.get(page.path)
    with walk.app.app_context(), unit_of_work():
        newest = db.session.scalars(select(Request.id).order_by(Request.received_at.desc()).limit(1)).one()
    return f"/admin/requests/{newest}"


def _enter(officer: Any, request: str) -> None:
    page = officer.get(f"{request}/correct")
    (entry,) = [link["href"] for link in page.soup.select("main .ways a") if "/ticket?" in link["href"]]
    for after in ("", "Λάθος", "Σ" * 151, "Σ" * 600, "Νέο"):
        officer.submit(entry, action=entry, field="subject", after=after)
    officer.get(request)
