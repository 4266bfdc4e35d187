"""Mail scanners open every link of every email: opening one changes nothing, and one of another purpose opens nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts import mail as account_emails
from portal.accounts import service as accounts
from portal.kit import clock as time
from portal.kit import tokens
from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.kit.unit import unit_of_work
from portal.mail import transport
from portal.mail.models import Email
from portal.privacy import service as privacy
from portal.support.models import RemovalReason
from tests.accounts.walk import request_removal
from tests.clock import Clock
from tests.conftest import Visitor
from tests.journeys.emails_about_rights import use_rights
from tests.journeys.emails_of_disabling import be_disabled
from tests.journeys.emails_of_organisations import work_together
from tests.people import Cast
from tests.rules.source import modules
from tests.rules.test_purposes import purposes
from tests.support import samples

BOOKS = {"visit", "throttle_count"}
"""What is written of every request: the visit, and how often something was tried."""
SIGN_UP = {"name": "Mei Lin", "email": "mei@example.com", "password": "seven quiet looms at dawn", "accept_terms": "y"}


def dump(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table but the books, and every stored file but the mailbox."""
    with app.app_context(), across("the test looks at every row"):
        rows = {
            table.name: sorted((tuple(row) for row in db.session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in BOOKS
        }
        kept = storage().folder
        return rows | {"files": sorted((str(path.relative_to(kept)),) for path in kept.rglob("*") if path.is_file())}


def links(app: Flask, seen: set[str]) -> list[str]:
    """Return the paths that the emails since the last call lead to."""
    found = []
    with app.app_context():
        for key, email in transport.mailbox():
            if key not in seen:
                seen.add(key)
                urls = re.findall(r"https?://[^\s<>\"]+", email["text"] + " " + email["html"])
                found += [urlsplit(url.replace("&amp;", "&")).path for url in urls if "localhost" in url]
                found += re.findall(r"<https?://[^/]+(/[^>]*)>", email["headers"].get("List-Unsubscribe", ""))
    return sorted(set(found))


def a_whole_life(app: Flask, cast: Cast, client: Visitor, last: Callable[[str, str], str], clock: Clock) -> Iterator[None]:
    """Let every email of the house be written; yield after each step, while its links are alive."""
    client.submit("/signup", **SIGN_UP)
    yield
    client.submit(last("mei@example.com", "/verify-email/"))
    client.submit("/signup", **SIGN_UP)
    client.submit("/newsletter", email="news@example.com")
    client.submit("/contact", name="Eve", email="eve@example.com", subject="Zips", message="Where?")
    yield
    client.submit(last("news@example.com", "/newsletter/confirm/"))
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/email", email=cast.ben.email)
    ada.submit("/settings/email", email="new@example.com")
    ada.submit("/settings/privacy", action="/settings/privacy/export")
    chosen = samples.chosen(("a.pdf", samples.pdf()))
    buttons = ada.submit("/contact", subject="Buttons", message="Which?", files=chosen).path
    yield
    ada.submit(last("new@example.com", "/email/confirm/"))
    yield
    client.submit(last("ada@example.com", "/email/undo/"))
    client.submit("/forgot-password", email=cast.ben.email)
    client.submit("/report-misuse", email=cast.ben.email, message="It was not me.")
    sam = cast.sign_in_staff(cast.sam)
    desk = sam.get("/admin/tickets").soup.select_one("th a")["href"]
    sam.submit(desk, message="In the drawer.")
    _remove_all(sam, buttons.replace("/support", "/admin/tickets"))
    yield
    _emails_of_security(app, cast)
    yield
    yield from _a_lost_factor(app, cast, client, last, clock)
    cast.sign_in(cast.ben).submit("/settings/privacy/delete", confirm="y")
    clock.forward(minutes=10)
    client.submit("/forgot-password", email=cast.ben.email)
    yield
    client.submit(last(cast.ben.email, "/delete/undo/"))
    cast.sign_in(cast.ben).submit("/settings/privacy/delete", confirm="y")
    yield
    clock.forward(days=14, minutes=1)
    with app.app_context(), unit_of_work():
        privacy.begin_due()
    yield
    yield from use_rights(app, cast, client, clock)
    yield from work_together(app, cast, last)
    yield from be_disabled(app, cast, last)


def _remove_all(sam: Visitor, desk: str) -> None:
    """Have a text and a file of a ticket removed."""
    for link in sam.get(desk).soup.select("details.menu a"):
        sam.submit(link["href"], reason=RemovalReason.ASKED)


def _a_lost_factor(app: Flask, cast: Cast, client: Visitor, last: Callable[[str, str], str], clock: Clock) -> Iterator[None]:
    """Have a lost factor removed, stopped, and removed."""
    lia = cast.make("Lia Bobbin", "lia@example.com", "lia winds every spool twice")
    cast.give_factor(lia)
    for is_stopped in (True, False):
        request_removal(client, lia)
        yield
        client.submit(last(lia.email, "/lost-factor/confirm/"))
        yield
        if is_stopped:
            client.submit(last(lia.email, "/lost-factor/stop/"))
    for _reminder_then_day in range(2):
        clock.forward(days=6)
        with app.app_context(), unit_of_work():
            accounts.enqueue_due_removals()
        yield


def _emails_of_security(app: Flask, cast: Cast) -> None:
    with app.app_context(), unit_of_work():
        ben = accounts.get_person(cast.ben.account_id)
        account_emails.new_sign_in(ben, device="Firefox on Linux", at=time.now())
        account_emails.failed_sign_ins(ben, count=10, at=time.now(), is_full=False)
        account_emails.password_changed(ben)
        account_emails.factor_added(ben)
        account_emails.factor_removed(ben)
        account_emails.factor_replaced(ben)
        account_emails.recovery_codes_made(ben)
        account_emails.recovery_code_used(ben, left=3, is_few=True)


@pytest.fixture
def last(outbox) -> Callable[[str, str], str]:
    """Return the newest link of a kind in the emails to an address."""

    def find(address: str, part: str) -> str:
        return next(email.link(part) for email in reversed(outbox.to(address)) if part in email.text)

    return find


def test_opening_every_link_of_every_email_changes_nothing(app, cast, client, new_client, last, clock, run_jobs):
    scanner, seen, opened, written = new_client(), set(), set(), set()
    for _step in a_whole_life(app, cast, client, last, clock):
        run_jobs()
        found = links(app, seen)
        before = dump(app)
        for path in found:
            opened.add(path.split("/")[1])
            for method in ("HEAD", "GET", "OPTIONS"):
                answer = scanner.client.open(path, method=method, follow_redirects=method == "GET")
                assert answer.status_code < 500, (method, path)
        assert dump(app) == before
        with app.app_context():
            written |= set(db.session.scalars(select(Email.kind)))
    doors = {"verify-email", "reset-password", "wasnt-me", "lost-factor", "newsletter", "settings", "privacy", "support"}
    doors |= {"ticket", "invitation"}
    assert opened >= {*doors, "still-here"}
    emails = app.jinja_env.list_templates(filter_func=lambda name: name.startswith("mail/") and name.count("/") == 3)
    assert written == {"/".join(name.split("/")[1:3]) for name in emails}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_token_of_any_kind_is_longer_than_120_characters(
    app, cast, client, new_client, last, clock, run_jobs, monkeypatch
):
    longest: dict[str, int] = {}

    def measured(make: Callable[..., str]) -> Callable[..., str]:
        def write(purpose: str, *values: str, **how: object) -> str:
            token = make(purpose, *values, **how)
            longest[purpose] = max(len(token), longest.get(purpose, 0))
            return token

        return write

    monkeypatch.setattr(tokens, "sign", measured(tokens.sign))
    monkeypatch.setattr(tokens, "seal", measured(tokens.seal))
    client.submit("/cookies", action="/consent", analytics="granted")
    new_client().submit("/login", email=cast.ada.email, password=cast.ada.password)
    for _step in a_whole_life(app, cast, client, last, clock):
        run_jobs()
    assert longest.keys() == set(purposes(modules())), "a link of each purpose is written and measured"
    assert {purpose: length for purpose, length in longest.items() if length > 120} == {}


# Whose sign-up is over may still have its page open: they are led to where they can go on.
LEADS_AWAY = {"accounts.check_email": (303, "/login")}
ONE_PURPOSE = (
    {"privacy.receipt", "privacy.receipt_file"},
    {
        "privacy.own_request",
        "privacy.fetch_copy",
        "privacy.copy_progress",
        "privacy.open_statements",
        "privacy.reply_to_request",
    },
)
"""Doors that the same link opens on purpose: of a receipt page and file; of a request page, copy, statements, reply.

A request is withdrawn by the same link too, but by a POST alone.
"""


def opened_by_link_of(door: str) -> frozenset[str]:
    """Return every door that a link to this one opens."""
    return next((frozenset(doors) for doors in ONE_PURPOSE if door in doors), frozenset({door}))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_token_opens_the_door_of_its_own_purpose_alone(app, cast, client, new_client, last, clock, run_jobs):
    with_token = [rule for rule in app.url_map.iter_rules() if {"token"} <= rule.arguments <= {"token", "secret"}]
    rules = [rule for rule in with_token if "GET" in rule.methods]
    doors = {rule.endpoint: rule for rule in rules}
    assert len(doors) > 7
    assert set().union(*ONE_PURPOSE) <= doors.keys()
    scanner, seen, tried = new_client(), set(), set()
    for _step in a_whole_life(app, cast, client, last, clock):
        run_jobs()
        for path in links(app, seen):
            own, values = app.url_map.bind("localhost").match(path)
            if own not in doors:
                continue
            for name in doors.keys() - opened_by_link_of(own):
                tried.add((opened_by_link_of(own), name))
                answer = scanner.client.get(doors[name].build({"secret": "x", **values})[1])
                turned_away = (answer.status_code, answer.location) == LEADS_AWAY.get(name)
                assert turned_away or answer.status_code == 410, (own, name)
    kinds = {opened_by_link_of(name) for name in doors.keys() - LEADS_AWAY.keys()}
    assert tried == {(kind, name) for kind in kinds for name in doors.keys() - kind}
