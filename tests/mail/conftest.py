"""A real SMTP server on the loopback, and an app whose emails leave through it."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.kit.db import db
from portal.mail import service as mail
from portal.mail.models import Email
from tests.conftest import make_settings


@dataclass
class PostOffice:
    """What the server took, and what it answers to each recipient and to the content: "250 OK" unless said otherwise."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    to_recipient: str = "250 OK"
    to_content: str = "250 OK"
    port: int = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """Answer to a recipient."""
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Answer to an email."""
        if self.to_content.startswith("2"):
            self.taken.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            self.senders.append(envelope.mail_from)
        return self.to_content


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """A post office that takes everything."""
    office = PostOffice()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        office.port = free.getsockname()[1]
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()


@pytest.fixture
def sending(app: Flask, post_office: PostOffice, tmp_path: Path) -> Flask:
    """The app on the test's database, in production, with its letters going to the post office."""
    database = app.extensions["portal.settings"].database_url.get_secret_value()
    changed = {
        "env": "production",
        "smtp_url": f"smtp://127.0.0.1:{post_office.port}",
        "mail_from": "Ünsere <portal@example.com>",
    }
    return create_app(make_settings(tmp_path, database, base_url="https://portal.example.com", **changed))


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Callable[..., uuid.UUID]:
    """Post an email with the given words, inside a unit."""
    texts: dict[str, str] = {}

    def render(template: str, **values: Any) -> str:
        return texts[template.rpartition("/")[2]].format(**values)

    monkeypatch.setattr(mail, "render", render)
    monkeypatch.setattr(mail.gate, "SERVICE_AREAS", {"lab"})

    def post(*, to: str = "ada@example.com", subject: str = "Hello", text: str = "Good day.", **how: Any) -> uuid.UUID:
        whom = {name: how.pop(name) for name in ("language", "zone", "subject_id") if name in how}
        texts.update({"subject.txt": subject, "body.html": f"<p>{escape(text)}</p>".replace("\n", "<br>")})
        return mail.send("lab/email", to=mail.Recipient(to, **whom), **how)

    return post


@pytest.fixture
def email_row(app: Flask) -> Callable[[], Email]:
    """Return the one email of the outbox."""

    def row() -> Email:
        with app.app_context():
            return db.session.scalars(select(Email)).one()

    return row
