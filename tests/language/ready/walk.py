"""Who reads on the walk through every page and email, what was read, and what was wrong with it."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from portal.legal import vendors
from portal.legal.authorities import AUTHORITIES
from tests.clock import Clock
from tests.conftest import Outbox, Page, Visitor
from tests.people import Cast, Somebody
from tests.pseudo import PLACEHOLDER, mark
from tests.word_lint import lint, lint_text

PASSWORD = "επτά πράσινα καρούλια σε ένα συρτάρι"
NAMELESS = ("Coyhaique",)
"""Places of time zones that are newer than Babel's data."""
SIGNS = ("AU$",)
"""How money is written in every language."""
MAILS_OWN = ("Re:", "Portal")
"""What mail programs know an answer by in every language, and who sends the tests' emails."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0"


class Walk:
    """The walk: who reads, what was found, and what was rendered."""

    def __init__(self, app: Flask, cast: Cast, outbox: Outbox, clock: Clock) -> None:
        self.app, self.cast, self.outbox, self.clock = app, cast, outbox, clock
        self.faults: dict[str, str] = {}
        self.rendered: set[str] = set()
        self.emails: dict[str, None] = {}
        facts = [fact for vendor in vendors.VENDORS for fact in (vendor.name, vendor.entity, *vendor.hosts)]
        facts += [authority.name for authority in AUTHORITIES.values()]
        self.names = tuple(
            re.escape(fact) for fact in sorted((*facts, *NAMELESS, *SIGNS, *MAILS_OWN), key=len, reverse=True)
        )

    def somebody(self, name: str, mailbox: str) -> Somebody:
        """Make a person who reads Chinese."""
        return self.cast.make(name, f"{mailbox}@example.com", PASSWORD, language="zh_Hans", zone="Asia/Shanghai")

    def visitor(self) -> Reader:
        """Open a browser that asks for Chinese."""
        return Reader(self, self.app.test_client())

    def signed_in(self, person: Somebody, **options: bool) -> Reader:
        """Open a browser in which somebody is signed in."""
        return Reader(self, self.cast.sign_in(person, **options).client)

    def note(self, faults: list[str], where: str) -> None:
        """Keep each fault once, with the first place that it was seen at."""
        for fault in faults:
            self.faults.setdefault(fault, where)

    def read(self, html: str, where: str) -> None:
        """Read a page."""
        self.note(lint(html, names=self.names), where)

    def read_emails(self) -> None:
        """Read every email that was sent since, before a deletion takes it away."""
        for email in self.outbox.all():
            where = f"email {email.subject!r}"
            for text in (
                email.subject,
                email.text,
                BeautifulSoup(email.html, "html.parser").select_one(".preview").get_text(),
            ):
                self.note(lint_text(text, names=self.names), where)
                self.emails[text] = None
            self.read(email.html, where)

    def never_said(self, sentence: str) -> bool:
        """Tell whether no text of an email has held this sentence yet, whatever its values."""
        pieces = [re.escape(piece) for piece in PLACEHOLDER.split(mark(sentence)) if not PLACEHOLDER.fullmatch(piece)]
        pattern = re.compile(".*".join(pieces))
        return not any(pattern.search(text) for text in self.emails)


class Reader(Visitor):
    """A browser that asks for Chinese; each page is linted as it is read."""

    def __init__(self, walk: Walk, client: FlaskClient) -> None:
        self.walk, self.client = walk, client
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
        client.environ_base["HTTP_USER_AGENT"] = FIREFOX

    def get(self, path: str, **options: Any) -> Page:
        """Open a page and read it."""
        return self._read(super().get(path, **options))

    page = get

    def post(self, path: str, **options: Any) -> Page:
        """Post, and read what comes."""
        return self._read(super().post(path, **options))

    def _read(self, page: Page) -> Page:
        if page.is_html:
            assert page.soup.html["lang"] == "zh-Hans", page.path
            self.walk.read(page.response.text, f"{page.path} ({page.status})")
        return page
