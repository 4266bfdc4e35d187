"""What somebody without an account says of data that was not corrected, on the walk: wrongly at first."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.newsletter.models import Source, Subscriber
from portal.privacy.models import Request
from portal.privacy.service import statements
from tests.language.ready.walk import Walk
from tests.privacy.declined import decline

EMAIL = "zoe@example.com"


def dispute_as_guest(walk: Walk) -> None:
    """Have a correction declined, and say something of it by the link."""
    with walk.app.app_context(), unit_of_work():
        db.session.add(Subscriber(email=EMAIL, email_key=EMAIL, source=Source.FORM, language="zh_Hans"))
    visitor = walk.visitor()
    visitor.submit("/privacy/request", kind="correction", email=EMAIL, message="Λάθος")
    walk.read_emails()
    page = visitor.fill_in(code=_code(walk)).path
    with walk.app.app_context(), unit_of_work():
        decline(db.session.scalars(select(Request).where(Request.email_key == EMAIL)).one(), subject="Λάθος", after="Σωστό")
    visitor.get(page)
    at = f"{page}/statement"
    visitor.send(visitor.get(at), action=f"{at}/code")
    walk.read_emails()
    visitor.submit(at, action=at, code="22222222")
    form = visitor.submit(at, action=at, code=_code(walk))
    said = {"field": form.soup.select("[name=field] option")[-1]["value"], "body": "Λόγια"}
    visitor.submit(form.path, **{**said, "body": "Λ" * 2001})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statements, "MOST", 0)
        visitor.submit(form.path, **said)
    for body in ("Λόγια", ""):
        visitor.submit(form.path, **{**said, "body": body})


def _code(walk: Walk) -> str:
    found = [re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", email.text) for email in walk.outbox.to(EMAIL)]
    return [each[0] for each in found if each][-1]
