"""What one browser has decided, as its cookie and its signal say, and what a page may therefore carry (P22).

The cookie is signed and read without a query; one that a retired secret signed asks once in ten minutes for its key.
Google enters a page only if all of this holds: a measurement id is set, the vendor is in force, this browser agreed,
nobody is signed in, and the address is a public page that asks for nothing and holds nothing: no form, no variable part,
no query, no part of signing in. Only such pages ask. Whatever is not known to be so is answered with no.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Response as FlaskResponse
from flask import current_app, g, request
from werkzeug.wrappers import Response

from portal.consent import service
from portal.consent.models import Decision
from portal.consent.service import Remembered
from portal.kit import access, clock
from portal.kit.access import Gate
from portal.kit.away import away
from portal.kit.form_guard import here
from portal.kit.periods import period
from portal.kit.settings import current_settings
from portal.kit.web import SAFE_METHODS
from portal.legal import cookies, vendors

VENDOR = "google_analytics"
MOST_GOOGLE_COOKIES = 4
SIGN_IN = ("accounts", "recovery")
"""The areas of signing in and of getting back in: nobody is asked there, and nothing is counted."""
_COOKIE_NAME = re.compile(r"[\w-]{2,64}", re.ASCII)


@dataclass(frozen=True)
class ConsentState:
    """How this request stands: what was chosen, and whether its page asks."""

    choice: Remembered | None
    is_known: bool
    """False when the choice could not be read now: the database is away."""
    signals_refusal: bool
    is_on: bool
    """Whether visits may be counted at all: a measurement id is set, and the vendor is in force."""
    asks: bool

    @property
    def title(self) -> str:
        """The question: what one reads before answering. Its hash is kept with the answer."""
        return str(service.BANNER_TITLE)

    @property
    def explanation(self) -> str:
        """What accepting and refusing do."""
        return str(service.EXPLANATION)


@dataclass(frozen=True)
class Tag:
    """What a page that carries Google Analytics needs to know. `seconds_left` bounds Google's cookies by the consent."""

    measurement_id: str
    url: str
    seconds_left: int


def consent_state() -> ConsentState:
    """Return how this request stands, worked out once a request."""
    if "consent_state" not in g:
        g.consent_state = _work_out()
    return cast(ConsentState, g.consent_state)


def _work_out() -> ConsentState:
    try:
        choice, is_known = _choice(), True
    except away():
        choice, is_known = None, False
    signal = request.headers.get("Sec-GPC") == "1"
    return ConsentState(
        choice=choice,
        is_known=is_known,
        signals_refusal=signal,
        is_on=_is_on(),
        # The person of the request comes last: to know them may cost a query.
        asks=_is_on() and is_known and choice is None and not signal and _is_open_page() and not _is_signed_in(),
    )


def _is_on() -> bool:
    return current_settings().ga_measurement_id is not None and vendors.get(VENDOR).is_in_force(clock.today())


def _is_signed_in() -> bool:
    return access.actor().is_signed_in


def _choice() -> Remembered | None:
    cookie = request.cookies.get(cookie_name())
    return service.find_remembered(cookie) if cookie else None


def cookie_name() -> str:
    """Return the name of the consent cookie."""
    return cookies.consent_name(is_https=current_settings().is_https)


def _is_open_page() -> bool:
    """Tell whether this page may be counted: it is public, asks for nothing, and is no part of signing in."""
    rule = request.url_rule
    if rule is None or rule.arguments or g.get("is_private_link") or request.blueprint in SIGN_IN:
        return False
    # A foreign script could read what is typed.
    if "GET" not in (rule.methods or ()) or "POST" in (rule.methods or ()):
        return False
    return access.tag_of(current_app, rule.endpoint).gate is Gate.PUBLIC


def analytics() -> Tag | None:
    """Return the tag of this page when it may carry one, and note that it does; None for every other page."""
    measurement_id = current_settings().ga_measurement_id
    if measurement_id is None:
        return None
    choice = consent_state().choice
    if choice is None or not choice.granted or not _may_carry():
        return None
    g.carries_analytics = True
    url = f"https://{vendors.get(VENDOR).script_hosts[0]}/gtag/js?id={measurement_id}"
    return Tag(measurement_id, url, int((choice.ends_at - clock.now()).total_seconds()))


def _may_carry() -> bool:
    # A foreign script could read what an address carries.
    return consent_state().is_on and _is_open_page() and not request.query_string and not _is_signed_in()


def extra_sources() -> Mapping[str, str]:
    """Return what the Content-Security-Policy of this answer allows besides: Google's hosts if its page has the tag."""
    if not g.get("carries_analytics"):
        return {}
    vendor = vendors.get(VENDOR)
    hosts, scripts = (" ".join(f"https://{host}" for host in names) for names in (vendor.hosts, vendor.script_hosts))
    return {"script-src": scripts, "img-src": hosts, "connect-src": hosts}


def visitor_id() -> uuid.UUID:
    """Return the random id under which this browser decided before, or a new one."""
    choice = consent_state().choice
    return choice.visitor_id if choice else uuid.uuid4()


def way_here() -> str:
    """Return the path of this page, for the way back after a choice."""
    return here() if request.method in SAFE_METHODS else request.path


def remember(response: Response, decision: Decision) -> None:
    """Let the browser remember its decision, a refusal as long as a grant; with a refusal Google's cookies go."""
    response.set_cookie(
        cookie_name(),
        service.cookie_for(decision),
        max_age=period(service.PERIOD),
        secure=current_settings().is_https,
        httponly=True,
        samesite="Lax",
    )
    if decision.choice != service.Choice.GRANTED:
        _remove(response, _google_cookies(), _domains())


def tidy(response: FlaskResponse) -> FlaskResponse:
    """Take back a choice that no longer counts (its wording was replaced, its time is up) with Google's cookies.

    And never let more than four of Google's stay, whatever set them.
    """
    if request.endpoint in ("static", "consent.choose"):
        return response
    google = _google_cookies()
    if cookie_name() in request.cookies and consent_state().is_known and consent_state().choice is None:
        response.delete_cookie(cookie_name(), secure=current_settings().is_https, httponly=True, samesite="Lax")
        _remove(response, google, [None])
    elif len(google) > MOST_GOOGLE_COOKIES:
        own = {"_ga", f"_ga_{(current_settings().ga_measurement_id or '').removeprefix('G-')}"}
        _remove(response, sorted(google, key=lambda name: name not in own)[MOST_GOOGLE_COOKIES:], _domains())
    return response


def _google_cookies() -> list[str]:
    return [name for name in request.cookies if cookies.is_google(name) and _COOKIE_NAME.fullmatch(name)]


def _domains() -> list[str | None]:
    """Return where such a cookie may stand: on this host alone, or on it and its parents with everything below."""
    labels = (urlsplit(current_settings().base_url).hostname or "").split(".")
    is_named = len(labels) > 1 and not labels[-1].isdigit()
    return [None, *(".".join(labels[i:]) for i in range(len(labels) - 1) if is_named)]


def _remove(response: Response, names: list[str], domains: list[str | None]) -> None:
    for name in names:
        for domain in domains:
            response.delete_cookie(name, domain=domain)
