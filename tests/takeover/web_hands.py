"""Hands over HTTP: every verb opens a page and sends its form, as a browser does, with the cookies that it was given."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextvars import Context
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

import pyotp
from bs4 import BeautifulSoup

from portal.kit import clock
from portal.kit.access import SESSION_SLOT
from portal.kit.browser_marks import cookie_name
from tests.takeover.reading import emails_to, unspend_codes
from tests.takeover.story import Email, Person

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.takeover.colleagues import Workplace

SESSION, MARKS = "portal", cookie_name(is_https=False)
WRONG = "wrong wrong wrong"
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


class Tab:
    """One browser for one errand, at a place that nobody has come from yet."""

    def __init__(self, app: Flask, who: Person | None = None, session: str | None = None) -> None:
        self.client = app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
        if session:
            self.client.set_cookie(SESSION, session)
        if who and who.marks:
            self.client.set_cookie(MARKS, who.marks[0])

    def get(self, path: str) -> TestResponse:
        # In a context of its own: within the test's, all requests would share one `g`.
        return Context().run(self.client.get, path, follow_redirects=True)

    def send(self, page: TestResponse, **fields: str) -> TestResponse:
        """Send the form of the main part of a page."""
        return self.send_to(page, None, **fields)

    def send_to(self, page: TestResponse, action: str | None, **fields: str) -> TestResponse:
        """Send the form of a page that points to `action`, or else the last one of its main part."""
        main = page.text.partition("<main")[2].partition("</main>")[0]
        forms = re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', main, re.DOTALL)
        wanted = [form for form in forms if action is None or f'action="{action}"' in form]
        if not wanted:
            return page
        form = wanted[-1] if action is None else wanted[0]
        target = re.search(r'<form[^>]*action="([^"]*)"', form)
        hidden = [dict(_ATTRIBUTE.findall(field)) for field in _HIDDEN.findall(form)]
        sent = {each["name"]: unescape(each.get("value", "")) for each in hidden if "name" in each}
        path = unescape(target[1]) if target and target[1] else page.request.path
        return Context().run(self.client.post, path, data={**sent, **fields}, follow_redirects=True)

    def cookie(self, name: str) -> str | None:
        cookie = self.client.get_cookie(name)
        return cookie.value if cookie else None


def _key_in(page: TestResponse) -> str:
    key = BeautifulSoup(page.text, "html.parser").find(id="key")
    return "".join(key.get_text().split()) if key else ""


def _codes_in(page: TestResponse) -> list[str]:
    return [code.get_text() for code in BeautifulSoup(page.text, "html.parser").select("#codes code")]


class WebHands:
    """A portal whose pages are opened. To be used inside of an app's context: the background work runs here."""

    def __init__(self, app: Flask, wait: Callable[[timedelta], None]) -> None:
        self.app, self._wait = app, wait

    def _hold(self, who: Person, tab: Tab) -> None:
        session, marks = tab.cookie(SESSION), tab.cookie(MARKS)
        who.sessions.append(session or "")
        if marks:
            who.marks.insert(0, marks)

    def _at(self, session: str, path: str) -> tuple[Tab, TestResponse] | None:
        """Open a page in a session; None when it leads elsewhere."""
        tab = Tab(self.app, session=session)
        page = tab.get(path)
        return (tab, page) if page.request.path == path and page.status_code == 200 else None

    def carry(self, secret: str) -> str:
        tab = Tab(self.app)
        with tab.client.session_transaction(base_url="http://localhost") as cookie:
            cookie[SESSION_SLOT] = secret
        return tab.cookie(SESSION) or ""

    def sign_in(self, who: Person, email: str, password: str) -> bool:
        tab = Tab(self.app, who)
        page = tab.send(tab.get("/login"), email=email, password=password)
        if page.status_code == 200 and 'name="code"' in page.text:
            if who.factor is None:
                return False
            unspend_codes()
            page = tab.send_to(page, "/login/second-factor", code=pyotp.TOTP(who.factor).at(clock.now()))
        if "/delete/undo/" in page.request.path:
            who.links.append(page.request.path)
            return False
        if page.request.path == "/login" or page.status_code != 200 or not tab.get("/settings/profile").request.path:
            return False
        self._hold(who, tab)
        return self.is_alive(who.sessions[-1])

    def opens(self, who: Person, email: str, password: str) -> bool:
        tab = Tab(self.app, who)
        page = tab.send(tab.get("/login"), email=email, password=password)
        return page.status_code == 200

    def is_alive(self, session: str) -> bool:
        return self._at(session, "/settings/profile") is not None

    def ask_address(self, session: str, email: str) -> bool:
        at = self._at(session, "/settings/email")
        return at is not None and at[0].send(at[1], email=email).status_code == 200

    def add_factor(self, who: Person, session: str) -> bool:
        at = self._at(session, "/settings/second-factor")
        if at is None:
            return False
        tab, page = at
        secret = _key_in(page)
        page = tab.send(page, code=pyotp.TOTP(secret).at(clock.now()))
        codes = _codes_in(page)
        if not codes or tab.send(page, code=codes[0]).request.path != "/settings/security":
            return False
        self._hold(who, tab)
        who.factor, who.codes = secret, codes
        return True

    def replace_factor(self, who: Person, session: str, password: str) -> bool:
        at = self._at(session, "/settings/second-factor/replace")
        if at is None:
            return False
        tab, page = at
        secret = _key_in(page)
        page = tab.send(page, password=password, code=pyotp.TOTP(secret).at(clock.now()))
        if page.request.path != "/settings/security":
            return False
        self._hold(who, tab)
        who.factor = secret
        return True

    def make_codes(self, who: Person, session: str) -> bool:
        at = self._at(session, "/settings/second-factor/codes")
        if at is None:
            return False
        who.codes = _codes_in(at[1])
        return at[0].send(at[1], code=who.codes[0]).request.path == "/settings/security"

    def say_lost(self, who: Person, email: str, password: str) -> bool:
        tab = Tab(self.app, who)
        page = tab.send(tab.get("/login"), email=email, password=password)
        if 'name="code"' not in page.text:
            return False
        page = tab.send_to(page, "/login/lost-factor")
        return tab.send(page).request.path == "/login/lost-factor/sent"

    def remove_factor(self, who: Person, session: str, password: str) -> bool:
        at = self._at(session, "/settings/second-factor/remove")
        if at is None or at[0].send(at[1], password=password).request.path != "/settings/security":
            return False
        self._hold(who, at[0])
        return True

    def rename(self, session: str) -> bool:
        at = self._at(session, "/settings/profile")
        change = {"name": "Somebody Else", "language": "zh_Hans", "time_zone": "Asia/Shanghai"}
        return at is not None and at[0].send_to(at[1], "/settings/profile", **change).status_code == 200

    def ask_deletion(self, session: str) -> bool:
        at = self._at(session, "/settings/privacy/delete")
        return at is not None and at[0].send(at[1], confirm="y").request.path == "/settings/privacy/delete/done"

    def plant_order(self, session: str) -> bool:
        at = self._at(session, "/settings/privacy/orders")
        if at is None:
            return False
        page = at[0].send(at[1], tickets="30", files="7", history="7", account="180")
        return page.request.path == "/settings/privacy/orders" and page.status_code == 200

    def invite(self, session: str) -> bool:
        at = self._at(session, "/organisation/new")
        if at is None:
            return False
        made = at[0].send(at[1], name="Accomplices").request.path
        page = at[0].send(at[0].get(f"{made}/invitations"), email="accomplice@example.com", role="owner")
        return page.status_code == 200 and page.request.path == f"{made}/invitations"

    def _sends_in(self, session: str, at: Workplace, part: str, **fields: str) -> bool:
        path = f"/organisation/{at.id}/{part}"
        opened = self._at(session, path)
        return opened is not None and opened[0].send_to(opened[1], None, **fields).status_code == 200

    def dissolve(self, session: str, at: Workplace) -> bool:
        return self._sends_in(session, at, "dissolve", sure="y")

    def hand_over(self, session: str, at: Workplace) -> bool:
        return self._sends_in(session, at, "hand-over", email=at.colleague, leaves="y")

    def ask_for_recovery(self, session: str, at: Workplace) -> bool:
        return self._sends_in(session, at, "recover", sure="y")

    def ask_to_join(self, session: str, at: Workplace) -> bool:
        opened, action = self._at(session, "/organisation"), f"/organisation/ask-to-join/{at.domain_id}"
        return opened is not None and opened[0].send_to(opened[1], action).status_code == 200

    def take_leaving_pack(self, session: str, at: Workplace) -> bool:
        opened, action = self._at(session, f"/organisation/{at.id}/leaving-pack"), f"/organisation/{at.id}/leaving-pack"
        return opened is not None and opened[0].send_to(opened[1], action).request.path.endswith("/page")

    def take_copy(self, session: str) -> bool:
        at = self._at(session, "/settings/privacy")
        if at is None:
            return False
        return at[0].send_to(at[1], "/settings/privacy/export").request.path.startswith("/settings/privacy/export/")

    def change_password(self, who: Person, session: str, current: str, password: str) -> bool:
        at = self._at(session, "/settings/password")
        if at is None:
            return False
        page = at[0].send(at[1], current_password=current, password=password)
        if page.request.path != "/settings/security":
            return False
        self._hold(who, at[0])
        return True

    def sign_out_others(self, session: str) -> bool:
        at = self._at(session, "/settings/security")
        if at is None:
            return False
        # With one session there is no button, and nobody to sign out.
        return at[0].send_to(at[1], "/settings/sessions/revoke-others").status_code == 200

    def report_inside(self, session: str) -> bool:
        at = self._at(session, "/settings/security")
        return at is not None and at[0].send_to(at[1], "/settings/not-me").request.path == "/account-secured"

    def guess_inside(self, session: str, tries: int) -> None:
        for _try in range(tries):
            at = self._at(session, "/confirm-identity")
            if at:
                at[0].send(at[1], password=WRONG, code="000000")

    def sign_up(self, who: Person, email: str, password: str) -> bool:
        tab = Tab(self.app)
        fields = {"name": "Somebody Else", "email": email, "password": password, "accept_terms": "y"}
        page = tab.send(tab.get("/signup"), **fields)
        if "/signup/check-email/" not in page.request.path:
            return False
        who.links.append(page.request.path)
        return True

    def guess(self, email: str, tries: int) -> None:
        for _try in range(tries):
            tab = Tab(self.app)
            tab.send(tab.get("/login"), email=email, password=WRONG)

    def forget(self, email: str) -> None:
        tab = Tab(self.app)
        tab.send(tab.get("/forgot-password"), email=email)

    def report(self, email: str) -> None:
        tab = Tab(self.app)
        tab.send(tab.get("/report-misuse"), email=email, message="Somebody is in it.")

    def subscribe(self, email: str) -> None:
        tab = Tab(self.app)
        tab.send(tab.get("/newsletter"), email=email)

    def press(self, who: Person, path: str, *, password: str) -> bool:
        alive = next((session for session in reversed(who.sessions) if self.is_alive(session)), None)
        tab = Tab(self.app, who, session=alive)
        page = tab.get(path)
        if page.status_code != 200 or "<form" not in page.text.partition("<main")[2]:
            return False
        action = path.replace("/check-email/", "/resend/") if "/check-email/" in path else None
        fields = {"password": password} if 'name="password"' in page.text else {}
        page = tab.send_to(page, action, **fields)
        marks = tab.cookie(MARKS)
        if marks:
            who.marks.insert(0, marks)
        return page.status_code == 200

    def emails(self, mailbox: str) -> list[Email]:
        return emails_to(mailbox)

    def wait(self, *, minutes: int) -> None:
        self._wait(timedelta(minutes=minutes))
