"""Access tags: every endpoint says who may enter. An untagged endpoint stops the boot; the gate stands before every view."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from portal.kit import clock, forms, i18n
from portal.kit.i18n import _
from portal.kit.web import SAFE_METHODS

View = TypeVar("View", bound=Callable[..., Any])


class Gate(Enum):
    """How much proof of identity an endpoint asks for."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    FRESH = "fresh"
    STAFF = "staff"


FRESH = Gate.FRESH


@dataclass(frozen=True)
class Tag:
    """What an endpoint declares: the gate for reading, for acting, staff roles, and reasons for its exceptions."""

    gate: Gate
    post: Gate
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Actor:
    """Who acts: the person of this request with roles, freshness and standing. Nobody when not signed in."""

    person_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    name: str = ""
    email: str = ""
    language: str = i18n.DEFAULT
    time_zone: str = "UTC"
    avatar_key: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    fresh_until: datetime | None = None
    has_second_factor: bool = False
    second_factor_at: datetime | None = None
    token: str = field(default="", repr=False)

    @property
    def is_signed_in(self) -> bool:
        """True for a person, False for a visitor."""
        return self.person_id is not None

    @property
    def is_fresh(self) -> bool:
        """True while the person's last proof of identity is recent (DESIGN, step-up)."""
        return self.fresh_until is not None and clock.now() < self.fresh_until

    @property
    def initials(self) -> str:
        """One or two letters that stand in for a missing avatar."""
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"

    @property
    def avatar_url(self) -> str | None:
        """The path of the person's own photo, or None."""
        return url_for("settings.avatar_photo", v=self.avatar_key[-8:]) if self.avatar_key else None

    # Flask-Login's protocol
    is_active = True

    @property
    def is_authenticated(self) -> bool:
        """As `is_signed_in`, under the name that Flask-Login asks for."""
        return self.is_signed_in

    @property
    def is_anonymous(self) -> bool:
        """The opposite of `is_authenticated`."""
        return not self.is_signed_in

    def get_id(self) -> str:
        """Return the session's secret, which the signed cookie carries; the database holds its hash only."""
        return self.token


NOBODY = Actor()


def public(view: View) -> View:
    """Let anybody in."""
    return _tag(view, Tag(Gate.PUBLIC, Gate.PUBLIC))


def signed_in(view: View | None = None, *, post: Gate = Gate.SIGNED_IN) -> Any:
    """Let customers in; `post=FRESH` asks for a recent proof of identity before acting."""
    tag = Tag(Gate.SIGNED_IN, post)
    return _tag(view, tag) if view else lambda function: _tag(function, tag)


def fresh(view: View) -> View:
    """Let customers in who have proved their identity within the last 30 minutes (v5.0.0-7.5.1)."""
    return _tag(view, Tag(Gate.FRESH, Gate.FRESH))


def staff(*roles: str) -> Callable[[View], View]:
    """Let staff in who hold one of `roles`, gave a second factor in this session and proved themselves lately (6.3.3)."""
    return lambda view: _tag(view, Tag(Gate.STAFF, Gate.STAFF, frozenset(roles)))


def reads(reason: str) -> Callable[[View], View]:
    """Declare that this GET keeps a book (rule 7), and why that is harmless. Such a GET must be idempotent."""
    return _mark("reads_reason", reason)


def csrf_exempt(reason: str) -> Callable[[View], View]:
    """Declare that this POST proves itself otherwise (a signature, a token in its address), and how."""
    return _mark("csrf_exempt_reason", reason)


def _tag(view: View, tag: Tag) -> View:
    if hasattr(view, "access_tag"):
        raise RuntimeError(f"{view.__name__} has two access tags")
    return _mark("access_tag", tag)(view)


def _mark(name: str, value: object) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, name, value)
        return view

    return mark


def tag_of(app: Flask, endpoint: str) -> Tag:
    """Return the tag of an endpoint. Raises RuntimeError when it has none."""
    tag = getattr(app.view_functions[endpoint], "access_tag", None)
    if tag is None:
        raise RuntimeError(f"endpoint {endpoint} declares no access")
    return cast(Tag, tag)


def actor() -> Actor:
    """Return who acts in this request."""
    return cast(Actor, current_user._get_current_object())  # noqa: SLF001 (the proxy's documented way out)


def hold(token: str, *, remembered: bool) -> None:
    """Have this browser hold a session's secret. Its cookie starts anew: nothing planted before lives on (v5.0.0-7.2.4)."""
    session.clear()
    # The name under which Flask-Login looks for it.
    session["_user_id"] = token
    session.permanent = remembered


def init_app(app: Flask, load_actor: Callable[[str], Actor | None]) -> None:
    """Install the gate and the loader of actors, given by app.py (kit knows no people).

    The gate stands before the request's unit of work: a loader that touches the database does so in a unit of its own.
    """
    manager = LoginManager(app)
    # Flask-Login would bind sessions to a hash of the visitor's address; we hold no address (P23).
    manager.session_protection = None
    manager.anonymous_user = lambda: NOBODY
    manager.user_loader(load_actor)
    app.before_request(_gate)


def check_all_tagged(app: Flask) -> None:
    """Stop the boot when an endpoint declares no access. Raises RuntimeError."""
    for endpoint in app.view_functions:
        tag_of(app, endpoint)


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    tag = tag_of(current_app, request.endpoint)
    gate = tag.gate if request.method in SAFE_METHODS else tag.post
    if request.endpoint == "static":
        return None
    person = actor()
    if person.is_signed_in:
        i18n.speak(person.language)
    if gate is Gate.PUBLIC:
        return None
    if not person.is_signed_in:
        return _send_to("accounts.login", _("Please sign in first."))
    if gate is Gate.FRESH and not person.is_fresh:
        return _send_to("accounts.confirm_identity", _("Please confirm that it is you."))
    if gate is Gate.STAFF:
        return _gate_staff(person, tag)
    return None


def _gate_staff(person: Actor, tag: Tag) -> ResponseReturnValue | None:
    if not person.roles & tag.roles:
        # The console does not exist for anybody else.
        abort(404)
    if person.second_factor_at is None or not person.has_second_factor:
        return _send_to("accounts.second_factor", _("The console asks for your second factor."))
    if request.method in SAFE_METHODS and not person.is_fresh:
        # Only looking asks: what is posted belongs to a page that was opened fresh, and no typed answer is lost.
        return _send_to("accounts.confirm_identity", _("Please confirm that it is you."))
    return None


def _send_to(endpoint: str, why: str) -> ResponseReturnValue:
    if ("info", why) not in session.get("_flashes", ()):
        # Said once: a browser that reopens twenty tabs must not fill up its cookie (v5.0.0-3.3.5).
        flash(why, "info")
    came_from = request.full_path.rstrip("?") if request.method in SAFE_METHODS else _page_of_the_button()
    return redirect(url_for(endpoint, next=came_from), code=303)


def _page_of_the_button() -> str | None:
    """Return the page on which a button was pressed, so that one comes back to it and can press again."""
    page = forms.came_from()
    return page if page != url_for("home.start") else None
