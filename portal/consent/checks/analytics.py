"""Statistics by consent only (P22)."""

import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g
from sqlalchemy import func, select

from portal.consent import browser, service
from portal.consent.models import Decision
from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, passed
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.links import external_url
from portal.kit.periods import period
from portal.kit.templating import render
from portal.legal import cookies, vendors

PAGE = "layouts/public.html"
BANNER = "consent/banner.html"
"""Looked at by itself: where no visit is counted, no page asks."""
BUTTON = re.compile(r'name="analytics" value="(\w+)".*?<button([^>]*)>', re.DOTALL)


@contextmanager
def _visit(cookie: str | None = None) -> Iterator[None]:
    """Stand where a visitor's request stands, without noting a visit that nobody made."""
    headers = {"Cookie": f"{browser.cookie_name()}={cookie}"} if cookie else {}
    # An app context of its own, so that nothing is remembered from one look to the next.
    with current_app.app_context(), current_app.test_request_context(external_url("legal.terms"), headers=headers):
        g.nonce = secrets.token_urlsafe(18)
        yield


def _nothing_before_consent() -> Finding:
    found = []
    for cookie in (None, "forged"):
        with _visit(cookie):
            html, sources = render(PAGE), browser.extra_sources()
        found += [host for host in vendors.get(browser.VENDOR).hosts if host.removeprefix("*.") in html]
        found += [f"{directive} {hosts}" for directive, hosts in sources.items()]
    return failed("google", found=found) if found else passed("no_google")


def _as_easy_to_refuse() -> Finding:
    with _visit():
        buttons = dict(BUTTON.findall(render(BANNER, state=browser.consent_state())))
    if set(buttons) != {"granted", "denied"}:
        return failed("not_both")
    return passed("equal") if buttons["granted"] == buttons["denied"] else failed("unequal")


def _remembered_as_long() -> Finding:
    at, length = clock.now(), period(service.PERIOD)
    for choice in (service.Choice.GRANTED, service.Choice.DENIED):
        decision = Decision(
            id=uuid.uuid4(), subject_id=uuid.uuid4(), choice=choice, decided_at=at,
            revision=service.PURPOSES[service.ANALYTICS].revision,
        )  # fmt: skip
        found = service.find_remembered(service.cookie_for(decision))
        if found is None or found.ends_at != at + length:
            return failed("acceptance_forgotten" if choice is service.Choice.GRANTED else "refusal_forgotten")
    late = Decision.decided_at < at - length - length / 91
    left = db.session.scalar(select(func.count()).where(late, Decision.purpose == service.ANALYTICS))
    return failed("kept_too_long", choices=left) if left else passed("remembered", days=length.days)


def _few_cookies() -> Finding:
    count, most = len(cookies.GOOGLE_NAMES), browser.MOST_GOOGLE_COOKIES
    return passed("few", cookies=count) if count <= most else failed("too_many", cookies=count)


CHECKS = [
    Check(
        promise="P22",
        name="nothing_before_consent",
        what=_l("Without consent, nothing from Google is on a page or allowed to load."),
        run=_nothing_before_consent,
        says={
            "google": lambda found: _("On the page or allowed to load: %(found)s.", found=listed(found)),
            "no_google": lambda: _("Nothing from Google was found."),
        },
    ),
    Check(
        promise="P22",
        name="as_easy_to_refuse",
        what=_l("The banner offers both choices with one click each, and the buttons look the same."),
        run=_as_easy_to_refuse,
        says={
            "not_both": lambda: _("The banner doesn’t offer both choices."),
            "unequal": lambda: _("The two buttons don’t look the same."),
            "equal": lambda: _("Both buttons are there and look the same."),
        },
    ),
    Check(
        promise="P22",
        name="remembered_as_long",
        what=_l("A refusal is remembered exactly as long as an acceptance, and no longer."),
        run=_remembered_as_long,
        says={
            "acceptance_forgotten": lambda: _("An acceptance isn’t remembered for its period."),
            "refusal_forgotten": lambda: _("A refusal isn’t remembered for its period."),
            "kept_too_long": lambda choices: ngettext(
                "%(num)s choice has been kept too long.", "%(num)s choices have been kept too long.", choices
            ),
            "remembered": lambda days: ngettext(
                "Each choice is remembered for %(num)s day.", "Each choice is remembered for %(num)s days.", days
            ),
        },
    ),
    Check(
        promise="P22",
        name="few_cookies",
        what=_l("Google may set no more cookies than the policy says."),
        run=_few_cookies,
        says={
            "few": lambda cookies: ngettext("At most %(num)s cookie.", "At most %(num)s cookies.", cookies),
            "too_many": lambda cookies: ngettext(
                "%(num)s cookie is listed, which is too many.", "%(num)s cookies are listed, which is too many.", cookies
            ),
        },
    ),
]
