"""Every page and email, read in a language that is none: what was never translated, or cannot be, stands out.

One walk through the portal as visitor, customer and staff, in which each page is linted as it is opened, with its errors and
its messages; then every email, and the archive of a download. A template that the walk never renders fails: a new page is
read here, or says in `UNREAD` why not. What people type is Greek on this walk: only the portal speaks in ASCII letters.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from flask import Flask

from portal.legal import vendors
from portal.traffic.routes import recorder
from tests import pseudo
from tests.accounts.walk import codes_on, form_with
from tests.browser import paths
from tests.clock import Clock
from tests.conftest import Outbox
from tests.language.ready.corrections import correct_data
from tests.language.ready.deletion_by_others import delete_at_others
from tests.language.ready.disabling import disable_and_lift
from tests.language.ready.guest import read_as_guest
from tests.language.ready.holds import keep_longer
from tests.language.ready.licences import run_by_licences
from tests.language.ready.lost_factor import lose_the_factor
from tests.language.ready.orders import delete_by_itself
from tests.language.ready.organisations import work_together
from tests.language.ready.plans import look_at_plans
from tests.language.ready.requests import answer_requests
from tests.language.ready.rights import ask_for_rights
from tests.language.ready.statements import dispute_as_guest
from tests.language.ready.walk import PASSWORD, Reader, Walk
from tests.people import Cast
from tests.privacy.conftest import Copy, link_of, start
from tests.rules.source import templates
from tests.support.samples import png
from tests.word_lint import lint_text

UNREAD = {
    "consent/analytics.html": "two scripts and no word",
    "components/icons.html": "drawings",
    "components/places.html": "lists of pages and no word; read once by ways.html, maybe before the walk",
}
"""Templates that the walk never renders, each with its reason."""
UNSAID = {
    "Free space in the files of the database and its log may hold unreadable traces until it’s overwritten. "
    "No query can find them.": "said on PostgreSQL only, and the same on its pages",
    "None succeeded. From now on, only a browser that you’ve signed in with before gets you in. "
    "On any other, reset your password on the sign-in page.": "said after 100 failed sign-ins in a row",
    "Our reply to your ticket (%(reference)s)": "said once our team has removed a ticket's subject",
}
"""Sentences of emails that the walk never reads, each with its reason."""
OF_A_GUEST = "Ερώτηση επισκέπτη"
ANOTHER = "εννέα μπλε αργαλειοί πριν το πρωί"


@pytest.fixture
def walk(app: Flask, cast: Cast, outbox: Outbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """A walk that notes every template which is rendered on it."""
    walk = Walk(app, cast, outbox, clock)
    load = app.jinja_env.get_template

    def noted(name: Any, *args: Any, **kw: Any) -> Any:
        walk.rendered.add(str(name))
        return load(name, *args, **kw)

    monkeypatch.setattr(app.jinja_env, "get_template", noted)
    return walk


def test_every_word_of_every_page_and_email_is_translated(
    walk: Walk, tick: Callable[[], None], run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for chapter in (
        read_what_anybody_reads,
        look_at_plans,
        work_together,
        run_by_licences,
        sign_up,
        change_settings,
        change_email,
        recover,
        talk,
        subscribe,
        ask_for_rights,
        dispute_as_guest,
        keep_longer,
        correct_data,
        answer_requests,
        delete_by_itself,
        disable_and_lift,
    ):
        chapter(walk)
        walk.read_emails()
    take_data_and_leave(walk, tick, run_jobs)
    with monkeypatch.context() as patch:
        delete_at_others(walk, patch, tick, run_jobs)
    lose_the_factor(walk)
    err(walk)
    missing = {template.name for template in templates()} - walk.rendered - set(UNREAD)
    assert not missing, f"the walk never renders {sorted(missing)}"
    unsaid = {sentence for sentence in of_emails() if walk.never_said(sentence)}
    assert unsaid == set(UNSAID)
    listed = "\n  ".join(f"{where}: {fault}" for fault, where in walk.faults.items())
    assert not walk.faults, f"{len(walk.faults)} texts cannot be translated:\n  {listed}"


def of_emails() -> Iterator[str]:
    """Yield every sentence of emails."""
    for file, message in pseudo.messages():
        if file.startswith("templates/mail/") and file.endswith(("/subject.txt", "/body.html")):
            yield message if isinstance(message, str) else message[1]


def pages(app: Flask, *gates: str) -> Iterator[str]:
    """Yield the addresses of pages behind these gates that need nothing to exist."""
    for path in paths(app, *gates):
        if not path.startswith(
            ("/.well-known", "/dev/mailbox.json", "/healthz", "/readyz", "/metrics", "/settings/avatar/photo")
        ):
            yield path


def read_what_anybody_reads(walk: Walk) -> None:
    visitor = walk.visitor()
    for path in pages(walk.app, "public"):
        visitor.get(path)
    for vendor in vendors.VENDORS:
        assert vendor.name in visitor.get("/vendors").text
    page = visitor.get("/cookies")
    for choice in ("granted", "denied"):
        visitor.post("/consent", csrf_token=page.fields("/consent")["csrf_token"], analytics=choice, next="/cookies")
    other = walk.visitor()
    other.client.environ_base["HTTP_SEC_GPC"] = "1"
    other.get("/cookies")


def sign_up(walk: Walk) -> None:
    visitor = walk.visitor()
    visitor.submit("/signup", name="", email="λάθος", password="α", accept_terms=None)
    visitor.submit("/signup", name="Μέλι", email="meli@example.com", password="password password", accept_terms="y")
    page = visitor.submit("/signup", name="Μέλι", email="meli@example.com", password=PASSWORD, accept_terms="y")
    page = visitor.send(visitor.send(page, email="λάθος"), email="mei@example.com")
    visitor.send(page, action=next(f["action"] for f in page.soup.find_all("form") if "/signup/resend" in f["action"]))
    walk.visitor().submit("/signup", name="Άλλη", email="mei@example.com", password=PASSWORD, accept_terms="y")
    early = walk.visitor().submit("/login", email="mei@example.com", password=PASSWORD)
    assert early.status == 422
    visitor.submit(walk.outbox.last("mei@example.com").link("/verify-email/"))
    taken = walk.somebody("Νέλλη", "nelli")
    walk.visitor().submit("/signup", name="Νέλλη", email=taken.email, password=PASSWORD, accept_terms="y")
    stranger = walk.visitor()
    for _try in range(12):
        stranger.submit("/login", email=taken.email, password="λάθος κωδικός εδώ")
    assert walk.outbox.last(taken.email)
    assert "/settings/security" in walk.signed_in(taken).get("/settings/security").path
    assert walk.visitor().submit("/login", email="mei@example.com", password=PASSWORD).path == "/home"
    elsewhere = walk.visitor()
    elsewhere.client.environ_base["HTTP_USER_AGENT"] = "something else"
    elsewhere.submit("/login", email="mei@example.com", password=PASSWORD)


def change_settings(walk: Walk) -> None:
    zoe = walk.somebody("Ζωή", "zoi")
    reader = walk.signed_in(zoe)
    walk.signed_in(zoe)
    for path in pages(walk.app, "signed in", "fresh"):
        reader.get(path)
    reader.submit("/settings/profile", name="", language="zh_Hans")
    reader.submit("/settings/profile", name="Ζωή Κλωστή")
    reader.submit("/settings/communication", newsletter="y", research="y")
    reader.submit("/settings/avatar", photo=(io.BytesIO(b"no photo"), "φωτογραφία.jpg"))
    reader.submit("/settings/avatar", photo=(io.BytesIO(b"<svg/>"), "φωτογραφία.svg"))
    reader.submit("/settings/avatar", photo=(io.BytesIO(png()), "φωτογραφία.png"))
    reader.get("/settings/profile")
    reader.submit("/settings/avatar", action="/settings/avatar/remove")
    reader.submit("/settings/password", current_password="λάθος κωδικός εδώ", password="α")
    reader.submit("/settings/password", current_password=PASSWORD, password=ANOTHER)
    enrol(reader, walk.clock)
    walk.visitor().submit("/login", email=zoe.email, password=ANOTHER)
    use_recovery_codes(walk, reader, zoe.email)
    walk.clock.forward(minutes=31)
    reader.get("/settings/email")
    reader.submit("/confirm-identity", password="λάθος", code="000000")
    reader = walk.signed_in(zoe, by_second_factor=True)
    reader.submit("/settings/second-factor/remove", password="λάθος")
    reader.submit("/settings/second-factor/remove", password=ANOTHER)
    others = [walk.signed_in(zoe) for _browser in range(2)]
    page = reader.get("/settings/security")
    single = [form["action"] for form in page.soup.find_all("form") if form.get("action", "").endswith("/revoke")]
    reader.send(page, action=single[0])
    reader.submit("/settings/security", action="/settings/sessions/revoke-others")
    reader.submit("/settings/security/history/delete")
    assert others
    reader.submit("/settings/security", action="/settings/not-me")


def use_recovery_codes(walk: Walk, reader: Reader, email: str) -> None:
    page = reader.get("/settings/second-factor/replace")
    reader.send(page, password="λάθος", code="000000")
    reader.send(page, password=ANOTHER, code="000000")
    reader.send(page, password=ANOTHER, code=pyotp.TOTP(page.soup.find(id="key").get_text()).now())
    page = reader.get("/settings/second-factor/codes")
    reader.send(page, action="/settings/second-factor/codes/file")
    save = form_with(page, "code")
    reader.send(page, action=save, code="000000")
    reader.send(page, action=save, code=codes_on(page)[0])
    reader.send(page, action=save, code=codes_on(page)[0])
    for code in ("000000000000", *codes_on(page)[:7]):
        browser = walk.visitor()
        lost = browser.send(browser.submit("/login", email=email, password=ANOTHER), action="/login/lost-phone")
        browser.send(lost, code=code)
        walk.clock.forward(minutes=6)
    reader.get("/settings/security")
    walk.read_emails()


def enrol(reader: Reader, clock: Clock) -> None:
    page = reader.get("/settings/second-factor")
    secret = page.soup.find(id="key").get_text()
    page = reader.send(page, code="000000")
    assert page.status == 422
    page = reader.send(page, code=pyotp.TOTP(secret).now())
    codes, save = codes_on(page), form_with(page, "code")
    page = reader.send(page, action=save, code="000000")
    assert page.status == 422
    reader.send(page, action=save, code=codes[0])
    clock.forward(minutes=2)


def change_email(walk: Walk) -> None:
    old = walk.somebody("Ρόη", "roi")
    reader = walk.signed_in(old)
    reader.submit("/settings/email", email=old.email)
    reader.submit("/settings/email", email="roi.allo@example.com")
    reader.submit("/settings/email", email="nelli@example.com")
    reader.submit(walk.outbox.last(old.email).link("/email/veto/"))
    reader.submit(walk.outbox.last(old.email).link("/reset-password/"), password="επτά βελόνες στο συρτάρι μου")
    walk.clock.forward(hours=1)
    reader = walk.signed_in(old)
    reader.submit("/settings/email", email="roi.nea@example.com")
    reader.submit(walk.outbox.last("roi.nea@example.com").link("/email/confirm/"))
    undo = walk.outbox.last(old.email).link("/email/undo/")
    walk.visitor().submit("/signup", name="Ρόη", email=old.email, password=ANOTHER, accept_terms="y")
    reader.submit("/settings/privacy/delete", confirm="y")
    walk.visitor().submit(walk.outbox.last("roi.nea@example.com").link("/privacy/delete/undo/"))
    walk.visitor().submit(undo)


def recover(walk: Walk) -> None:
    ida = walk.somebody("Ήδα", "ida")
    visitor = walk.visitor()
    visitor.submit("/forgot-password", email=ida.email)
    page = visitor.get(walk.outbox.last(ida.email).link("/reset-password/"))
    visitor.send(visitor.send(page, password="α"), password=ANOTHER)
    visitor.submit("/report-misuse", email="λάθος", message="")
    visitor.submit("/report-misuse", email=ida.email, message="Κάποιος άλλος")
    visitor.submit(walk.outbox.last(ida.email).link("/wasnt-me/"))


def talk(walk: Walk) -> None:
    visitor = walk.visitor()
    visitor.submit("/contact", name="", email="", subject="", message="", files=(io.BytesIO(b"MZ"), "πρόγραμμα.exe"))
    visitor.submit("/contact", name="Ίρις", email="iris@example.com", subject=OF_A_GUEST, message="Μήνυμα")
    leo = walk.somebody("Λέων", "leon")
    reader = walk.signed_in(leo)
    sent = {"name": "Λέων", "email": leo.email, "subject": "Θέμα", "message": "Μήνυμα"}
    reader.submit("/contact", **sent, files=[(io.BytesIO(png()), f"{name}.png") for name in "αβγ"])
    for _ticket in range(2):
        reader.submit("/contact", **sent)
    page = reader.get("/support")
    own = [link["href"] for link in page.soup.select("table a")]
    page = reader.get(own[-1])
    removal = [form["action"] for form in page.soup.find_all("form") if form.get("action", "").endswith("/delete")]
    reader.send(page, action=removal[0])
    reader.submit(own[-1], message="")
    reader.submit(own[-1], message="Ακόμη κάτι")
    answer(walk, own[-1].rsplit("/", 1)[-1])
    read_as_guest(walk, email="iris@example.com")
    reader.get(own[-1])
    reader.get("/settings/privacy/who-looked")
    for part in reader.get("/settings/privacy/data").soup.select(".parts a"):
        for way in reader.get(part["href"]).soup.select("a.button[href*='/data/']"):
            reader.get(way["href"])
    reader.get("/settings/privacy/data/support/ticket")
    reader.get("/settings/privacy/data/newsletter/newsletter_subscriber")
    reader.submit(own[-1], action=f"{own[-1]}/close")
    reader.get(own[-1])


def answer(walk: Walk, ticket: str) -> None:
    sam = walk.somebody("Σάμης", "samis")
    walk.cast.give_role(sam, "support")
    walk.signed_in(sam).get("/admin/")
    walk.cast.give_factor(sam)
    staff = walk.signed_in(sam, by_second_factor=True)
    for path in pages(walk.app, "staff"):
        staff.get(path)
    for queue in ("open", "urgent", "waiting", "closed"):
        page = staff.get(f"/admin/tickets?queue={queue}")
        for link in page.soup.select("table a"):
            if OF_A_GUEST in staff.get(link["href"]).text:
                staff.submit(link["href"], message="Απάντηση")
    address = f"/admin/tickets/{ticket}"
    staff.submit(address, message="")
    staff.submit(address, message="Απάντηση")
    removable = [link["href"] for link in staff.get(address).soup.select("details.menu a")]
    reasons = itertools.cycle(["credentials", "others_data", "asked", "harmful"])
    for link in removable:
        staff.submit(link, reason="")
        staff.submit(link, reason=next(reasons))
    staff.get(address)
    for act in ("close", "reopen"):
        staff.submit(address, action=f"{address}/{act}")
    # Whoever answered leaves: the replies stay, without their author, and the receipt says so.
    assert staff.submit("/settings/privacy/delete", confirm="y").status == 200


def subscribe(walk: Walk) -> None:
    visitor = walk.visitor()
    visitor.submit("/newsletter", email="λάθος")
    visitor.submit("/newsletter", email="olga@example.com")
    visitor.submit(walk.outbox.last("olga@example.com").link("/newsletter/confirm/"))
    visitor.submit(walk.outbox.last("olga@example.com").link("/newsletter/unsubscribe/"))


def take_data_and_leave(walk: Walk, tick: Callable[[], None], run_jobs: Callable[[], int]) -> None:
    vera = walk.somebody("Βέρα", "vera")
    reader = walk.signed_in(vera)
    ticket = reader.submit("/contact", name="Βέρα", email=vera.email, subject="Θέμα", message="Μήνυμα").path
    start(reader)
    paths = ("/settings/privacy", link_of(reader) + "/page", link_of(reader).rpartition("/")[0])
    for path in paths:
        reader.get(path)
    run_jobs()
    for path in paths:
        reader.get(path)
    archive = Copy.of(reader.client.get(link_of(reader)).data)
    walk.read(archive.text("index.html"), "index.html of a download")
    for label in (archive.json("schema.json")["title"], archive.json("schema.json")["$comment"]):
        walk.note(lint_text(label), "schema.json of a download")
    reader.submit(f"{ticket}/delete")
    reader.get("/settings/privacy/requests")
    page = reader.get("/settings/privacy")
    reader.send(page, action=next(f["action"] for f in page.soup.find_all("form") if f["action"].endswith("/delete")))
    reader.submit("/settings/privacy/delete")
    reader.submit("/settings/privacy/delete", confirm="y")
    walk.visitor().submit("/login", email=vera.email, password=PASSWORD)
    walk.visitor().submit("/forgot-password", email=vera.email)
    walk.visitor().submit(walk.outbox.last(vera.email).link("/privacy/delete/undo/"))
    reader = walk.signed_in(vera)
    recorder(walk.app).flush()
    for path in ("/settings/privacy/requests", "/settings/privacy/visits", "/settings/privacy"):
        reader.get(path)
    reader.submit("/settings/privacy/delete", confirm="y")
    walk.read_emails()
    for _day in range(16):
        walk.clock.forward(days=1)
        tick()
        run_jobs()
    walk.read_emails()
    walk.visitor().get(walk.outbox.last(vera.email).link("/privacy/receipt/"))


def err(walk: Walk) -> None:
    visitor = walk.visitor()
    assert visitor.get("/nowhere").status == 404
    assert visitor.post("/terms").status == 405
    assert visitor.get("/reset-password/dead").status == 410
    assert visitor.post("/login", headers={"Origin": "https://evil.example"}).status == 403
    assert visitor.post("/login", email="α", password="β").status == 422
    assert visitor.post("/contact", message="α" * 13_000_000).status == 413
    assert visitor.submit("/newsletter", email="olga@example.com").status == 200
    while visitor.submit("/newsletter", email="olga@example.com").status != 429:
        pass
    walk.visitor().post("/consent", analytics="granted")
    walk.visitor().get("/dev/mailbox")
