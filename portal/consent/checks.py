"""The promises that this area keeps: statistics by consent only (P22), no use against a refusal (P15, P27)."""

import re
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import current_app, g
from sqlalchemy import func, select

from portal.consent import browser, service
from portal.consent.models import Decision
from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.claims import Ground
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.links import external_url
from portal.kit.periods import period
from portal.kit.templating import render
from portal.legal import cookies, vendors

PAGE = "layouts/public.html"
BANNER = "consent/banner.html"
"""Looked at by itself: where no visit is counted, no page asks."""
WRITE_FIRST = ("betas", "research", "follow_up", "error_help")
"""The purposes for which we may write first (P15)."""
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


def _silence_is_no() -> Finding:
    stranger = service.purpose_states(uuid.uuid4())
    forward = [key for key, purpose in service.PURPOSES.items() if purpose.ground is Ground.CONSENT and stranger[key]]
    if forward:
        return failed("without_consent", purposes=forward)
    if service.may_use(uuid.uuid4(), purpose="unheard_of"):
        return failed("unknown_purpose")
    return passed("purposes", purposes=len(stranger)) if _are_asked(service.PURPOSES) else nothing_yet("nobody_asks")


def _no_is_no() -> Finding:
    refused = select(Decision.subject_id, Decision.purpose).where(Decision.choice == service.Choice.OBJECTED)
    latest = db.session.execute(refused.order_by(Decision.decided_at.desc()).limit(20)).all()
    for subject_id, purpose in latest:
        said = next(each for each in service.decisions_for(subject_id) if each.purpose == purpose)
        if said.choice == service.Choice.OBJECTED and service.may_use(subject_id, purpose=purpose):
            return failed("ignored")
    if not _are_asked(WRITE_FIRST):
        return nothing_yet("nobody_asks")
    return passed("respected", objections=len(latest)) if latest else nothing_yet("no_objection")


def _are_asked(purposes: Iterable[str]) -> bool:
    return any(service.PURPOSES[key].is_asked for key in purposes)


def _say_nobody_asks() -> str:
    return str(_("Nothing uses anyone’s data for these purposes yet."))


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
    Check(
        promise="P27",
        name="silence_is_no",
        what=_l("Nothing that needs consent is used without it, and an unknown purpose is never allowed."),
        run=_silence_is_no,
        says={
            "without_consent": lambda purposes: _("Used without consent: %(purposes)s.", purposes=listed(purposes)),
            "unknown_purpose": lambda: _("An unknown purpose is allowed."),
            "purposes": lambda purposes: ngettext("%(num)s purpose checked.", "%(num)s purposes checked.", purposes),
            "nobody_asks": _say_nobody_asks,
        },
    ),
    Check(
        promise="P15",
        name="no_is_no",
        what=_l("Recent objections are checked, and each is respected."),
        run=_no_is_no,
        says={
            "ignored": lambda: _("An objection isn’t respected."),
            "respected": lambda objections: ngettext(
                "%(num)s recent objection checked.", "%(num)s recent objections checked.", objections
            ),
            "no_objection": lambda: _("No objections yet."),
            "nobody_asks": _say_nobody_asks,
        },
    ),
]
