"""Access tags: every endpoint says who may enter. An untagged endpoint stops the boot; the gate stands before every view."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar, cast

from flask import Flask, Request, Response, abort, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from flask_wtf.csrf import generate_csrf

from portal.kit import browser_marks, fixed_parts, form_owners, headers, keys, page_language, tokens
from portal.kit.actor import NOBODY, Actor, FactorNotGiven, OrganisationRole, ProofTooOld, Role, Staff, admit
from portal.kit.forms import Once
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.running import passing
from portal.kit.way_back import find_way_back

View = TypeVar("View", bound=Callable[..., Any])
SESSION_SLOT = "session"
"""Where the browser's signed cookie carries the secret of a session; the database holds its hash only."""
ORGANISATION = "organisation_id"
"""How the address of a page names the organisation in which somebody acts."""
_NOTICES = "_flashes"
"""Where Flask keeps what the next page says."""


class Gate(Enum):
    """How much proof of identity an endpoint asks for."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    FRESH = "fresh"
    ORGANISATION = "organisation"
    STAFF = "staff"


@dataclass(frozen=True)
class Tag:
    """What an endpoint declares: who may enter, which roles of staff, or which in the organisation that is named."""

    gate: Gate
    roles: frozenset[Role] = frozenset()
    within: frozenset[OrganisationRole] = frozenset()
    is_fresh: bool = False
    """Whether those of an organisation must have proved themselves lately."""


@dataclass(frozen=True)
class Login:
    """Whoever holds a session, as Flask-Login hands it on. Nobody is handed the secret."""

    actor: Actor


def public(view: View) -> View:
    """Let anybody in."""
    return _tag(view, Tag(Gate.PUBLIC))


def signed_in(view: View) -> View:
    """Let customers in."""
    return _tag(view, Tag(Gate.SIGNED_IN))


def fresh(view: View) -> View:
    """Let customers in who have proved their identity within the last 30 minutes (v5.0.0-7.5.1)."""
    return _tag(view, Tag(Gate.FRESH))


def staff(*roles: Role) -> Callable[[View], View]:
    """Let staff in who hold one of `roles`, gave a second factor in this session and proved themselves lately (6.3.3)."""
    return lambda view: _tag(view, Tag(Gate.STAFF, frozenset(roles)))


def colleague(view: View) -> View:
    """Let everybody in who holds a role in the organisation that the address names."""
    return _tag(view, _within(*OrganisationRole))


def member(view: View) -> View:
    """Let Members and Owners of the named organisation in: a Billing Administrator sees no members' data (P35)."""
    return _tag(view, _within(OrganisationRole.OWNER, OrganisationRole.MEMBER))


def billing(view: View) -> View:
    """Let Owners and Billing Administrators of the named organisation in."""
    return _tag(view, _within(OrganisationRole.OWNER, OrganisationRole.BILLING))


def owner(view: View) -> View:
    """Let Owners of the named organisation in."""
    return _tag(view, _within(OrganisationRole.OWNER))


def fresh_colleague(view: View) -> View:
    """Let everybody of the named organisation in who has proved their identity within the last 30 minutes (v5.0.0-7.5.1)."""
    return _tag(view, _within(*OrganisationRole, is_fresh=True))


def fresh_member(view: View) -> View:
    """Let Members and Owners of the named organisation in who have just proved their identity (v5.0.0-7.5.1)."""
    return _tag(view, _within(OrganisationRole.OWNER, OrganisationRole.MEMBER, is_fresh=True))


def fresh_owner(view: View) -> View:
    """Let Owners of the named organisation in who have proved their identity within the last 30 minutes (v5.0.0-7.5.1)."""
    return _tag(view, _within(OrganisationRole.OWNER, is_fresh=True))


def _within(*roles: OrganisationRole, is_fresh: bool = False) -> Tag:
    return Tag(Gate.ORGANISATION, within=frozenset(roles), is_fresh=is_fresh)


def without_second_factor(view: View) -> View:
    """Keep a page of an organisation open to whoever lacks the second factor for which it asks: the ways on, and out."""
    return _mark("open_without_second_factor", True)(view)


def open_while_disabled(view: View) -> View:
    """Keep a page open to whose account is disabled (rights, appeal, in and out); any other leads to who did it, and why."""
    return _mark("open_while_disabled", True)(view)


def lacks_second_factor(person: Actor) -> bool:
    """Tell whether the organisation that the address names asks for a second factor which somebody does not have."""
    return person.standing is not None and person.standing.asks_second_factor and not person.has_second_factor


def get_with_side_effect(reason: str) -> Callable[[View], View]:
    """Declare that this GET writes something (rule 7), and why that is harmless. Such a GET must be idempotent."""
    return _mark("side_effect_reason", reason)


def csrf_exempt(reason: str) -> Callable[[View], View]:
    """Declare that this POST proves itself otherwise (a signature, a token in its address), and how."""
    return _mark("csrf_exempt_reason", reason)


def own_units(reason: str) -> Callable[[View], View]:
    """Declare that this endpoint manages its own units of work, and why: to commit, call somebody, and go on (rule 5).

    Its view opens each with `unit_of_work`; what it renders it renders inside a reading one, or after the last.
    """
    return _mark("own_units_reason", reason)


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
    state = passing()
    if state is None:
        raise RuntimeError("nobody acts where no app runs")
    if "actor" not in state:
        state.actor = current_user.actor
    return cast(Actor, state.actor)


def actor_if_known() -> Actor | None:
    """Return who acts, if this request was looked at so far; None for one that was answered before. Asks nobody."""
    state = passing()
    return state.get("actor") if state else None


def forget_actor() -> None:
    """Go on as nobody: a page that must come even when the database does not looks nobody up."""
    g.actor = NOBODY


def acting_staff() -> Staff:
    """Return the member of staff whom the gate has let in. Raises RuntimeError at an endpoint that is not for staff."""
    acting = g.get("acting")
    if not isinstance(acting, Staff):
        raise RuntimeError("this endpoint is not for staff")
    return acting


def start_browser_session(secret: str, *, remembered: bool, mark: str) -> None:
    """Have this browser hold a session's secret. Its cookie starts anew: nothing planted before lives on (v5.0.0-7.2.4).

    `mark` makes the browser known, where the proof has made one.
    """
    if mark:
        browser_marks.keep(mark)
    session.clear()
    session[SESSION_SLOT] = secret
    session.permanent = remembered


def end_browser_session() -> None:
    """Have this browser hold nothing any more: neither the session nor what pages stored (v5.0.0-14.3.1)."""
    session.clear()
    headers.clear_storage()


def notices() -> list[tuple[str, str]]:
    """Return what the next page will say, oldest first: (category, sentence)."""
    return list(session.get(_NOTICES, ()))


def set_notices(said: list[tuple[str, str]]) -> None:
    """Have the next page say this and nothing else."""
    session[_NOTICES] = said


def form_mark(once: Once) -> str:
    """Return the mark by which a form is taken once: of this page alone, or of this page in this browser's session.

    Each page that a program opens is its own, since a program has no Back: it says no `Upgrade-Insecure-Requests`, as
    every browser does when it opens a page.
    """
    if once is Once.PAGE or "Upgrade-Insecure-Requests" not in request.headers:
        return tokens.new_secret()
    generate_csrf()
    return keys.mac(session["csrf_token"].encode(), f"portal.form_mark {request.path}")


def person_stamp() -> str:
    """Return the stamp of who is signed in, which every form of theirs carries; empty for a visitor. Looks nobody up."""
    return form_owners.stamp(_owner(actor_if_known() or NOBODY))


def owner_now() -> str:
    """Return who is signed in, as the owner of forms; empty for a visitor."""
    return _owner(actor())


def _owner(person: Actor) -> str:
    return form_owners.owner_of(person.person_id) if person.person_id else ""


LoadActor = Callable[[str, uuid.UUID | None], Actor | None]
"""Who holds a session's secret, and what they are in the organisation of this id."""


def init_app(app: Flask, load_actor: LoadActor) -> None:
    """Install the gate and the loader of actors, given by app.py (kit knows no people).

    The gate stands before the request's unit of work: a loader that touches the database does so in a unit of its own.
    """

    def load(asked: Request) -> Login | None:
        if SESSION_SLOT not in session:
            return None
        found = load_actor(session[SESSION_SLOT], (asked.view_args or {}).get(ORGANISATION))
        return Login(found) if found else None

    # Its context processor would look somebody up for every page, also for one that says that the database is away.
    manager = LoginManager(app, add_context_processor=False)
    # Flask-Login would bind sessions to a hash of the visitor's address; we hold no address (P23).
    manager.session_protection = None
    manager.anonymous_user = lambda: Login(NOBODY)
    manager.request_loader(load)
    # Its own cookie, which we never set, would be asked first: under this name no other host can plant one.
    app.config["REMEMBER_COOKIE_NAME"] = "__Host-unused"
    app.before_request(_gate)
    fixed_parts.drawn(app, "form_mark", lambda once: form_mark(Once(once)))


def check_all_tagged(app: Flask) -> None:
    """Stop the boot when an endpoint declares no access. Raises RuntimeError."""
    for endpoint in app.view_functions:
        tag_of(app, endpoint)


def _gate() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    tag = tag_of(current_app, request.endpoint)
    if request.endpoint == "static":
        return None
    person = g.acting = actor()
    if person.is_signed_in:
        page_language.speak(person.language)
    if tag.gate is Gate.PUBLIC:
        return None
    if not person.is_signed_in:
        return _send_to("accounts.login", _("Please sign in first."))
    if person.disabled_at is not None and not _is_marked(request.endpoint, "open_while_disabled"):
        return redirect(url_for("disabling.disabled"), code=303)
    if tag.gate is Gate.ORGANISATION and (elsewhere := _gate_within(person, tag, request.endpoint)):
        return elsewhere
    if (tag.gate is Gate.FRESH or tag.is_fresh) and not person.is_fresh:
        return _send_to("accounts.confirm_identity", _("Please confirm it’s you."))
    return _gate_staff(person, tag) if tag.gate is Gate.STAFF else None


def _gate_within(person: Actor, tag: Tag, endpoint: str) -> ResponseReturnValue | None:
    if person.standing is None or person.standing.role not in tag.within:
        # Somebody else's organisation is as absent as none (v5.0.0-8.2.2).
        abort(404)
    if lacks_second_factor(person) and not _is_marked(endpoint, "open_without_second_factor"):
        # Not locked out unseen: that page says why, and leads on.
        there = (request.view_args or {})[ORGANISATION]
        return redirect(url_for("organisations.set_up_second_factor", organisation_id=there), code=303)
    return None


def _is_marked(endpoint: str, mark: str) -> bool:
    return hasattr(current_app.view_functions[endpoint], mark)


def _gate_staff(person: Actor, tag: Tag) -> ResponseReturnValue | None:
    try:
        g.acting = admit(person, roles=tag.roles)
    except NotFound:
        # The console does not exist for anybody else.
        abort(404)
    except FactorNotGiven:
        return _send_to("accounts.second_factor", _("The console needs two-step verification."))
    except ProofTooOld:
        return _send_to("accounts.confirm_identity", _("Please confirm it’s you."))
    if request.method == "HEAD" and hasattr(current_app.view_functions[request.endpoint or ""], "side_effect_reason"):
        # It reads nothing of the customer's, so nothing is on record: the headers alone would tell a file's name and size.
        return Response()
    return None


def _send_to(endpoint: str, why: str) -> ResponseReturnValue:
    way_back = find_way_back()
    # The page that comes says itself what it asks for: what became of the form is worth more.
    sentence = way_back.said or why
    if ("info", sentence) not in notices():
        # Said once: a browser that reopens twenty tabs must not fill up its cookie (v5.0.0-3.3.5).
        flash(sentence, "info")
    return redirect(url_for(endpoint, next=way_back.path), code=303)
