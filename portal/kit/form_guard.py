"""The guard before every form: what is sent comes from a page of ours and was meant for who is signed in now."""

from collections.abc import Callable
from typing import Any, cast

import structlog
from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from wtforms import ValidationError

from portal.kit import controls, fixed_parts, form_owners, forms
from portal.kit.forms import OTHER_PERSON, Form, Sentence
from portal.kit.i18n import _l
from portal.kit.settings import current_settings
from portal.kit.web import SAFE_METHODS, internal_path

log = structlog.get_logger()


def init_app(app: Flask, *, owner_now: Callable[[], str], stamp: Callable[[], str]) -> None:
    """Check origin, person and token of every unsafe request before any view sees it (v5.0.0-3.5.1).

    `owner_now` gives the owner of forms who is signed in now, to hold against the one whose form was sent; `stamp` gives
    what their forms carry.
    """

    def marks() -> Markup:
        # What every form carries: the CSRF token, and who was signed in when the page was made.
        if "form_marks" not in g:
            person = stamp()
            carried = {"csrf_token": generate_csrf(), **({"person_stamp": person} if person else {})}
            g.form_marks = controls.hidden(carried)
        return cast(Markup, g.form_marks)

    app.extensions["portal.owner_now"] = owner_now
    app.before_request(_check_origin)
    app.before_request(_check_person)
    app.before_request(_check_token)
    app.before_request(_check_size)
    fixed_parts.drawn(app, "marks", marks)
    fixed_parts.drawn(app, "here", here)


def _check_origin() -> None:
    if request.method in SAFE_METHODS or _exempt():
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site not in (None, "same-origin", "none") or not _is_own(request.headers.get("Origin"), site):
        log.warning("forms.foreign_origin", endpoint=request.endpoint)
        abort(403)


def _is_own(origin: str | None, site: str | None) -> bool:
    if origin is None:
        return True
    if origin == "null":
        return site == "same-origin" or (site is None and _comes_from_private_page())
    settings = current_settings()
    return origin == settings.base_url or (not settings.is_production and origin == request.host_url.rstrip("/"))


def _comes_from_private_page() -> bool:
    """Tell whether a request without a known origin proves our page twice: by a link's token, and by a form's.

    An old browser that knows no `Referrer-Policy: same-origin` says no origin on a page whose address holds a token, and
    none says `Sec-Fetch-Site` to a host of the local network. A sandboxed frame elsewhere has no token of this browser's.
    """
    return "token" in (request.view_args or {}) and _has_good_token()


def _has_good_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"), time_limit=Form.Meta.csrf_time_limit)
    except ValidationError:
        return False
    return True


def _check_person() -> ResponseReturnValue | None:
    meant_for = request.form.get("person_stamp") if request.method not in SAFE_METHODS and not _exempt() else None
    now = forms.owner_now() if meant_for else ""
    if not now or form_owners.read_stamp(meant_for or "") == now:
        return None
    g.other_person = True
    return _expired(OTHER_PERSON)


def _check_token() -> ResponseReturnValue | None:
    if request.method in SAFE_METHODS or _exempt() or g.get("other_person"):
        return None
    if _has_good_token():
        return None
    log.warning("forms.bad_token", endpoint=request.endpoint)
    return _expired(_l("That page was open too long, so nothing was changed. Please select the button again."))


def _check_size() -> None:
    # A page comes back and says what was too large; a button has none of its own.
    rule = request.url_rule
    if g.get("too_large") and (rule is None or "GET" not in (rule.methods or ())):
        abort(413)


def _expired(why: Sentence) -> ResponseReturnValue | None:
    rule = request.url_rule
    if rule is not None and rule.methods and "GET" in rule.methods:
        g.csrf_expired = True
        return None
    flash(str(why), "warning")
    return redirect(came_from(), code=303)


def here() -> str:
    """Return the address of this page, for its own forms and for the way back to it."""
    return request.full_path.rstrip("?")


def came_from() -> str:
    """Return the path of the portal's own page that this request came from, else the start page."""
    referrer = request.referrer or ""
    for base in (current_settings().base_url, request.host_url.rstrip("/")):
        if referrer.startswith(base + "/") and (path := internal_path(referrer.removeprefix(base))):
            return path
    return url_for("home.start")


def _exempt() -> bool:
    view: Callable[..., Any] | None = current_app.view_functions.get(request.endpoint or "")
    return view is None or hasattr(view, "csrf_exempt_reason")
