"""What every test may ask for: the app on both databases, browsers without a browser, emails, the cast, the clock."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.test import TestResponse

from portal import cli
from portal.app import create_app
from portal.jobs import worker
from portal.kit import settings
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.mail import transport
from tests import page_lint
from tests.people import Cast

pytest_plugins = [
    "tests.clock",
    "tests.databases",
    "tests.amount",
    "tests.postgres",
    "tests.browser",
    "tests.pseudo",
    "tests.products.served",
]

BASE_URL = "http://localhost"
SIGNING_KEY = base64.b64encode(b"a seed for tests, of 32 bytes it").decode()
FAST_HASH = {"argon2_memory_kib": 8, "argon2_time": 1, "argon2_lanes": 1}


def make_settings(folder: Path, database: str, **changed: Any) -> settings.Settings:
    """Return settings as a developer's machine has them, in a folder of the test's own."""
    values: dict[str, Any] = {
        "env": "development",
        "base_url": BASE_URL,
        "secret_keys": "a-secret-for-tests-of-32-characters-or-more",
        "signing_keys": SIGNING_KEY,
        "database_url": database,
        "storage_url": f"file://{folder / 'files'}",
        "keys_url": f"file://{folder / 'keys'}",
        "mail_from": "Portal <portal@example.com>",
        **FAST_HASH,
    }
    return settings.check({name: str(value) for name, value in {**values, **changed}.items()})


def changed_settings(old: settings.Settings, **texts: object) -> settings.Settings:
    """Return settings of which some say something else."""
    return replace(old, **{name: settings._READERS[name](str(text)) for name, text in texts.items()})


@pytest.fixture(scope="session")
def workplace() -> Iterator[Path]:
    """A folder for this worker's files."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_app(workplace: Path) -> Flask:
    """The app on a SQLite of this worker's own, its schema in place."""
    folder = workplace / "sqlite"
    return _make_app(folder, f"sqlite:///{folder / 'portal.db'}")


@pytest.fixture(scope="session")
def postgresql_app(workplace: Path, postgres_url: str) -> Flask:
    """The app on a PostgreSQL database of this worker's own, its schema in place."""
    return _make_app(workplace / "postgresql", postgres_url)


def _make_app(folder: Path, database: str) -> Flask:
    folder.mkdir()
    app = create_app(make_settings(folder, database))
    with app.app_context():
        db.create_all()
    return app


@pytest.fixture(scope="session")
def apps(request: pytest.FixtureRequest) -> Callable[[str], Flask]:
    """Return the app on a kind of database. One that cannot be made says the first cause to each test that asks."""
    return lambda kind: request.getfixturevalue(f"{kind}_app")


@pytest.fixture
def unit(app: Flask) -> Callable[[], AbstractContextManager[None]]:
    """`with unit():` runs a block as one unit of work, to look at or prepare data."""

    @contextmanager
    def one() -> Iterator[None]:
        with app.app_context(), unit_of_work():
            yield

    return one


@dataclass
class Page:
    """An answer, parsed. Every HTML page is linted as it is made."""

    response: TestResponse

    def __post_init__(self) -> None:
        if self.is_html:
            faults = page_lint.lint(self.response.get_data(), self.response)
            assert not faults, f"{self.response.request.path}: {faults}"

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, parsed when a test first looks into it."""
        return BeautifulSoup(self.response.text if self.is_html else "", "html.parser")

    @property
    def is_html(self) -> bool:
        return self.response.mimetype == "text/html"

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def path(self) -> str:
        """Where the page was asked for, after redirects."""
        return self.response.request.path

    @property
    def text(self) -> str:
        """What a person reads, white space folded."""
        return " ".join(self.soup.get_text(" ").split())

    @property
    def title(self) -> str:
        heading = self.soup.find("h1")
        return heading.get_text(" ", strip=True) if heading else ""

    def fields(self, action: str | None = None) -> dict[str, str]:
        """Return what the form would send as it stands: hidden fields, texts, chosen options, ticked boxes."""
        form = self.form(action)
        sent: dict[str, str] = {}
        for field in form.find_all(["input", "textarea", "select"]):
            name = field.get("name")
            kind = field.get("type", "")
            if not name or kind in ("file", "submit", "button"):
                continue
            if kind in ("checkbox", "radio") and not field.has_attr("checked"):
                continue
            if field.name == "select":
                option = field.find("option", selected=True) or field.find("option")
                sent[name] = option.get("value", "") if option else ""
            elif field.name == "textarea":
                sent[name] = field.get_text().replace("\r\n", "\n").removeprefix("\n")
            else:
                sent[name] = field.get("value", "on" if kind == "checkbox" else "")
        return sent

    def form(self, action: str | None = None) -> Any:
        """Return the page's form that posts to `action` (or to the page itself, the first of its main part)."""
        forms = [form for form in self.soup.find_all("form") if form.get("method", "").lower() == "post"]
        if action is not None:
            forms = [form for form in forms if form.get("action") == action]
        else:
            own = [form for form in forms if urlsplit(form.get("action") or self.path).path == self.path]
            forms = own or [form for form in forms if form.find_parent("main")] or forms
        assert forms, f"{self.path} has no form for {action or 'itself'}"
        return forms[0]


class Visitor:
    """One browser: keeps cookies, follows redirects, fills in forms as a person does."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.shown: Page | None = None

    def get(self, path: str, **kw: Any) -> Page:
        """Open a page, following redirects."""
        return self._show(Page(self.client.get(path, follow_redirects=True, **kw)))

    page = get

    def _show(self, page: Page) -> Page:
        self.shown = page
        return page

    def fill_in(self, **fields: Any) -> Page:
        """Fill in the form of the page that the browser shows, and send it."""
        assert self.shown is not None, "no page is open"
        return self.send(self.shown, **fields)

    def submit(self, path: str, *, action: str | None = None, **fields: Any) -> Page:
        """Open `path`, fill in its form and send it. None takes a field out; a list sends a name several times."""
        page = self.get(path)
        return self.send(page, action=action, **fields)

    def send(self, page: Page, *, action: str | None = None, **fields: Any) -> Page:
        """Fill in a form of an open page and send it to where it points."""
        target = page.form(action).get("action") or page.response.request.full_path.rstrip("?")
        data = {k: v for k, v in {**page.fields(action), **fields}.items() if v is not None}
        return self.post(target, **data)

    def post(self, path: str, *, headers: dict[str, str] | None = None, **fields: Any) -> Page:
        """Post exactly these fields, as an attacker would."""
        return self._show(Page(self.client.post(path, data=fields, headers=headers, follow_redirects=True)))


@dataclass(frozen=True)
class ReceivedLetter:
    """An email as its reader sees it."""

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]

    def link(self, part: str) -> str:
        """Return the path of the first link whose address holds `part`."""
        for url in re.findall(r"https?://[^\s<>\"]+", self.text):
            if part in url:
                parts = urlsplit(url)
                assert f"{parts.scheme}://{parts.netloc}" == BASE_URL, "an email links to its own portal"
                return parts.path + (f"?{parts.query}" if parts.query else "")
        raise AssertionError(f"no link with {part!r} in: {self.subject}")


class Outbox:
    """Emails that have been delivered."""

    def __init__(self, app: Flask, run_jobs: Callable[[], int]) -> None:
        self.app, self.run_jobs = app, run_jobs

    def all(self) -> list[ReceivedLetter]:
        """Return every email, oldest first."""
        self.run_jobs()
        with self.app.app_context():
            kept = [email for _key, email in transport.mailbox()]
        return [
            ReceivedLetter(one["to"], one["subject"], one["text"], one["html"], one["headers"]) for one in reversed(kept)
        ]

    def to(self, address: str) -> list[ReceivedLetter]:
        """Return the emails to an address, oldest first."""
        return [email for email in self.all() if email.to == address]

    def last(self, address: str) -> ReceivedLetter:
        """Return the newest email to an address."""
        emails = self.to(address)
        assert emails, f"no email to {address}"
        return emails[-1]


@pytest.fixture
def client(app: Flask) -> Visitor:
    """One browser."""
    return Visitor(app)


@pytest.fixture
def new_client(app: Flask) -> Callable[[], Visitor]:
    """Open further browsers."""
    return lambda: Visitor(app)


@pytest.fixture
def run_jobs(app: Flask) -> Callable[[], int]:
    """Run all background work that is due; return how many jobs ran."""

    def run() -> int:
        with app.app_context():
            return worker.drain()

    return run


@pytest.fixture
def tick(app: Flask) -> Callable[[], None]:
    """Let the worker look at its schedules, as it does every few seconds."""

    def look() -> None:
        with app.app_context():
            worker.tick()

    return look


@pytest.fixture
def outbox(app: Flask, run_jobs: Callable[[], int]) -> Outbox:
    """The emails that left."""
    return Outbox(app, run_jobs)


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Ada, Ben, Mallory and Sam; each exists once asked for."""
    return Cast(app)


@pytest.fixture
def command(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`command("sweep", "--json")` runs `portal sweep --json` with the test's own app."""
    monkeypatch.setattr(cli, "load", lambda: None)
    monkeypatch.setattr(cli, "create_app", lambda _settings: app)
    return lambda *arguments: CliRunner().invoke(cli.main, arguments)
