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
from portal.kit.i18n import _l
from portal.kit.links import external_url
from portal.kit.periods import period
from portal.kit.templating import render
from portal.legal import cookies, vendors

PAGE = "layouts/public.html"
WRITE_FIRST = ("betas", "research", "follow_up", "error_help")
"""The purposes for which we may write first (P15)."""
NOBODY_ASKS = "nothing uses anybody for these purposes yet"
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
    return failed("before consent: " + "; ".join(found)) if found else passed("nothing of Google in page and policy")


def _as_easy_to_refuse() -> Finding:
    with _visit():
        buttons = dict(BUTTON.findall(render(PAGE)))
    if set(buttons) != {"granted", "denied"}:
        return failed("the banner does not offer both choices")
    if buttons["granted"] != buttons["denied"]:
        return failed("the two choices do not weigh the same")
    return passed("one press each, the same button")


def _remembered_as_long() -> Finding:
    at, length = clock.now(), period(service.PERIOD)
    for choice in (service.Choice.GRANTED, service.Choice.DENIED):
        decision = Decision(
            id=uuid.uuid4(), subject_id=uuid.uuid4(), choice=choice.value, decided_at=at,
            revision=service.PURPOSES[service.ANALYTICS].revision,
        )  # fmt: skip
        found = service.find_remembered(service.cookie_for(decision))
        if found is None or found.ends_at != at + length:
            return failed(f"{choice.value} is not remembered for its period")
    late = Decision.decided_at < at - length - length / 91
    left = db.session.scalar(select(func.count()).where(late, Decision.purpose == service.ANALYTICS))
    return failed(f"{left} decisions are kept too long") if left else passed(f"{length.days} days each")


def _few_cookies() -> Finding:
    count, most = len(cookies.GOOGLE_NAMES), browser.MOST_GOOGLE_COOKIES
    return passed(f"at most {count}") if count <= most else failed(f"{count} kinds of cookies are listed")


def _silence_is_no() -> Finding:
    stranger = service.standing(uuid.uuid4())
    forward = [key for key, purpose in service.PURPOSES.items() if purpose.ground is Ground.CONSENT and stranger[key]]
    if forward or service.may_use(uuid.uuid4(), purpose="unheard_of"):
        return failed("used without consent: " + (", ".join(forward) or "an unknown purpose"))
    return passed(f"{len(stranger)} purposes") if _are_asked(service.PURPOSES) else nothing_yet(NOBODY_ASKS)


def _no_is_no() -> Finding:
    refused = select(Decision.subject_id, Decision.purpose).where(Decision.choice == service.Choice.OBJECTED.value)
    latest = db.session.execute(refused.order_by(Decision.decided_at.desc()).limit(20)).all()
    for subject_id, purpose in latest:
        said = next(each for each in service.decisions_for(subject_id) if each.purpose == purpose)
        if said.choice == service.Choice.OBJECTED and service.may_use(subject_id, purpose=purpose):
            return failed("an objection is not kept to")
    if not _are_asked(WRITE_FIRST):
        return nothing_yet(NOBODY_ASKS)
    return passed(f"the last {len(latest)} objections") if latest else nothing_yet("no objection yet")


def _are_asked(purposes: Iterable[str]) -> bool:
    return any(service.PURPOSES[key].is_asked for key in purposes)


CHECKS = [
    Check(
        promise="P22",
        name="nothing_before_consent",
        what=_l("Without consent nothing of Google is in a page or its policy."),
        run=_nothing_before_consent,
    ),
    Check(
        promise="P22",
        name="as_easy_to_refuse",
        what=_l("The banner offers both choices with one press each, by the same button."),
        run=_as_easy_to_refuse,
    ),
    Check(
        promise="P22",
        name="remembered_as_long",
        what=_l("A refusal is remembered exactly as long as an agreement, and no longer."),
        run=_remembered_as_long,
    ),
    Check(
        promise="P22",
        name="few_cookies",
        what=_l("Google may set no more cookies than the policy says."),
        run=_few_cookies,
    ),
    Check(
        promise="P27",
        name="silence_is_no",
        what=_l("What rests on consent is not used without a word, and an unknown use never."),
        run=_silence_is_no,
    ),
    Check(
        promise="P15",
        name="no_is_no",
        what=_l("The last objections are looked at, and each is kept to."),
        run=_no_is_no,
    ),
]
