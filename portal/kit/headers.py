"""Headers of every answer: a strict Content-Security-Policy with a nonce, and its companions."""

import secrets
from collections.abc import Callable, Mapping
from typing import cast

import structlog
from flask import Flask, Response, current_app, g
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from portal.kit import fixed_parts
from portal.kit.settings import Settings
from portal.kit.signer import Signer

log = structlog.get_logger()
Extra = Callable[[], Mapping[str, str]]

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


_SERIALIZER = "portal.session_serializer"


class BrowserSessions(SecureCookieSessionInterface):
    """The browser's cookie, signed likewise: who signs in on one machine is signed in on the next."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return Flask's own serializer with our signer, made once an app: its secrets come with the settings."""
        serializer: URLSafeTimedSerializer | None = app.extensions.get(_SERIALIZER)
        if serializer is None and (serializer := super().get_signing_serializer(app)) is not None:
            serializer.signer = Signer
            app.extensions[_SERIALIZER] = serializer
        return serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Give the cookie to the browser, with an answer that no cache may keep for others.

        Flask would renew a remembered person's with every file, and have a browser fetch it again whenever a cookie changes.
        """
        if not response.cache_control.public:
            super().save_session(app, session, response)


def init_app(app: Flask, settings: Settings, *, extra_sources: Extra) -> None:
    """Install the headers. `extra_sources` names further CSP sources for this answer (analytics, after consent)."""
    app.extensions["portal.csp_extra"] = extra_sources
    app.before_request(_draw_nonce)
    app.after_request(_set_headers)
    fixed_parts.drawn(app, "nonce", lambda: str(g.nonce))
    if settings.is_https:
        app.extensions["portal.hsts"] = "max-age=63072000; includeSubDomains; preload"
    app.session_interface = BrowserSessions()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-portal" if settings.is_https else "portal",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def _draw_nonce() -> None:
    g.nonce = secrets.token_urlsafe(18)


def private_link() -> None:
    """Say that this page's address holds a token: it must never travel to another site in a Referer header (v5.0.0-3.4.5).

    To ourselves it may: a browser told to send none at all hides where the page's own form comes from as well.
    """
    g.is_private_link = True


def shows_own_frame() -> None:
    """Let this page show another page of ours in a frame; no other page may."""
    g.frame_source = "'self'"


def clear_storage() -> None:
    """Have the browser delete what our pages stored in it.

    Not its cache, which takes Chromium seconds of the whole browser: every page of ours is `no-store`, so none is there.
    """
    g.clear_storage = True


def _policy() -> str:
    sources = {
        "default-src": "'none'",
        "script-src": f"'nonce-{g.nonce}'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    if "frame_source" in g:
        sources["frame-src"] = g.frame_source
    extra = _extra_sources()
    for directive, hosts in extra.items():
        sources[directive] += f" {hosts}"
    policy = "; ".join(f"{directive} {value}" for directive, value in sources.items())
    # A third party's script may build elements as it likes; ours may not.
    return policy if extra else policy + "; require-trusted-types-for 'script'"


def _extra_sources() -> Mapping[str, str]:
    try:
        return cast(Extra, current_app.extensions["portal.csp_extra"])()
    except Exception:
        # The answer goes out with its headers whatever fails; without an answer about consent nobody else is let in.
        log.exception("headers.no_extra_sources")
        return {}


def _set_headers(response: Response) -> Response:
    g.setdefault("nonce", secrets.token_urlsafe(18))
    wanted = {**ALWAYS, "Content-Security-Policy": _policy(), "Cache-Control": "no-store"}
    if wait := g.get("retry_after"):
        wanted["Retry-After"] = str(wait)
    # Looked for once: the library reads all names for each that is asked for. What the view has set stays.
    there = {name.lower() for name, _value in response.headers}
    response.headers.extend((name, value) for name, value in wanted.items() if name.lower() not in there)
    if g.get("is_private_link"):
        # A browser that does not know the second takes the first.
        response.headers["Referrer-Policy"] = "no-referrer, same-origin"
        # Should such an address stand somewhere in the open, no search engine leads there.
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    if g.get("clear_storage"):
        response.headers["Clear-Site-Data"] = '"storage"'
    if hsts := current_app.extensions.get("portal.hsts"):
        response.headers["Strict-Transport-Security"] = hsts
    return response
