"""The part of the walk in which rights are asked for, with and without an account, and answered in every way."""

from __future__ import annotations

import itertools
import re
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.kit import clock as time
from portal.kit.actor import Staff
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.newsletter.models import Source, Subscriber
from portal.privacy import service
from portal.privacy.models import REASONS, Outcome, PauseReason, Reason, Request, RequestState, Right
from tests.language.ready.walk import Reader, Walk
from tests.privacy.desk import plant

ASK = "/privacy/request"


def ask_for_rights(walk: Walk) -> None:
    """Ask for each right as a guest and as a customer; pause, answer, judge, and be reminded."""
    nora, dora = walk.somebody("Νόρα", "nora"), walk.somebody("Δώρα", "dora")
    walk.cast.give_role(nora, "privacy")
    walk.cast.give_factor(nora)
    officer = walk.cast.staff_in(walk.signed_in(nora, by_second_factor=True))
    _ask_as_guest(walk, officer)
    reader = walk.signed_in(dora)
    reader.get("/settings/privacy/requests/new")
    page = reader.submit("/settings/privacy/requests/new", kind="complaint", message="Αργά")
    _decide(walk, "pause", reason=PauseReason.DETAILS, by=officer)
    reader.submit(f"{page.path}/reply", message="Εδώ")
    reader.submit(f"{page.path}/reply", message="Και εδώ")
    _decide(walk, "close", outcome=Outcome.PARTLY, reason=Reason.OTHERS_RIGHTS, answer="Μισό", by=officer)
    reader.get(page.path)
    reader.submit(page.path, verdict="no")
    reader.get("/settings/privacy/requests")
    _see_every_ending(walk, reader, dora.account_id)
    with walk.app.app_context(), unit_of_work():
        old = time.now() - timedelta(days=20)
        plant(Right.COMPLAINT, state=RequestState.OPEN, verified_at=old, received_at=old)
        service.remind_of_due()


def _ask_as_guest(walk: Walk, officer: Staff) -> None:
    visitor = walk.visitor()
    visitor.get(ASK)
    visitor.submit(ASK, kind="", email="", agent_email="a@example.com")
    agent = {"agent_name": "Άννα", "agent_email": "anna@example.com"}
    visitor.submit(ASK, kind="complaint", email="kia@example.com", message="Όχι", country="DE", **agent)
    for _try in range(4):
        visitor.fill_in(code="22222222")
    visitor.send(visitor.shown, action=f"{visitor.shown.path}/code")
    page = visitor.fill_in(code=_code(walk, "kia@example.com"))
    _decide(walk, "pause", reason=PauseReason.EVIDENCE, by=officer)
    visitor.get(page.path)
    visitor.submit(f"{page.path}/reply", message="Ορίστε")
    visitor.submit(f"{page.path}/reply", message="Κι άλλο")
    _decide(walk, "close", outcome=Outcome.REFUSED, reason=Reason.UNFOUNDED, answer="Όχι", by=officer)
    visitor.get(page.path)
    visitor.submit(page.path)
    visitor.submit(page.path, verdict="no")
    visitor.get(f"{ASK}/x")
    _take_and_delete_as_guest(walk)
    nobody = walk.visitor()
    nobody.submit(ASK, kind="copy", email="nia@example.com")
    nobody.fill_in(code=_code(walk, "nia@example.com"))
    again = walk.visitor()
    page = again.submit(ASK, kind="complaint", email="nia@example.com")
    page = again.fill_in(code=_code(walk, "nia@example.com"))
    for _twice in range(2):
        again.send(page, action=f"{page.path}/withdraw")


def _take_and_delete_as_guest(walk: Walk) -> None:
    with walk.app.app_context(), unit_of_work():
        for email in ("ria@example.com", "lia@example.com"):
            db.session.add(Subscriber(email=email, email_key=email, source=Source.FORM, language="zh_Hans"))
    visitor = walk.visitor()
    visitor.submit(ASK, kind="copy", email="ria@example.com")
    own = visitor.fill_in(code=_code(walk, "ria@example.com")).path
    walk.read_emails()
    copy = walk.outbox.last("ria@example.com").link("/privacy/request/")
    visitor.send(visitor.get(copy), action=f"{copy}/code")
    walk.read_emails()
    visitor.submit(copy, action=copy, code="22222222")
    visitor.submit(copy, action=copy, code=_code(walk, "ria@example.com"))
    visitor.send(visitor.get(own), action=f"{own}/copy/delete")
    gone = walk.visitor()
    gone.submit(ASK, kind="deletion", email="lia@example.com")
    walk.read_emails()
    gone.fill_in(code=_code(walk, "lia@example.com"))
    walk.read_emails()


def _code(walk: Walk, email: str) -> str:
    found = [re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", email.text) for email in walk.outbox.to(email)]
    return [each[0] for each in found if each][-1]


def _decide(walk: Walk, verb: str, **how: Any) -> None:
    """Do something with the one request that waits and is no second look."""
    with walk.app.app_context(), unit_of_work():
        waits = select(Request.id).where(Request.state == RequestState.OPEN, Request.first_id.is_(None))
        getattr(service, verb)(db.session.scalars(waits).one(), **how)
    walk.read_emails()


def _see_every_ending(walk: Walk, reader: Reader, person_id: uuid.UUID) -> None:
    """Read each outcome with each of its reasons, and each right in each state."""
    endings = [(outcome, reason) for outcome, reasons in REASONS.items() for reason in reasons]
    with walk.app.app_context(), unit_of_work():
        shown = [
            plant(kind, subject_id=person_id, state=RequestState.CLOSED, outcome=outcome, reason=reason,
                  closed_at=time.now(), verified_at=time.now(), receipt_number="9").id
            for kind, (outcome, reason) in zip(itertools.cycle(Right), endings, strict=False)
        ]  # fmt: skip
    for request_id in shown:
        reader.get(f"/settings/privacy/requests/{request_id}")
    with walk.app.app_context(), unit_of_work():
        for request in db.session.scalars(select(Request).where(Request.id.in_(shown))):
            db.session.delete(request)
