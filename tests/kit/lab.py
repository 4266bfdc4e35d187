"""A blueprint of the tests alone: one endpoint for each thing that the tools must get right."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, redirect, session, url_for
from sqlalchemy import func, select, text

from portal.kit import access, audit, forms, links, web
from portal.kit.actor import Role
from portal.kit.audit import AuditEntry
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.kit.refusals import Busy, Refusal, TooManyTries
from portal.kit.unit import after_unit, current_unit, unit_of_work

bp = Blueprint("lab", __name__, url_prefix="/lab")

PAGE = """
{% extends "layouts/narrow.html" %}
{% import "components/forms.html" as forms %}
{% block title %}Lab{% endblock %}
{% block main %}<h1>Lab</h1>
{% call forms.form(form) %}
{{ forms.field(form.name, autocomplete="name") }}{{ forms.field(form.email, autocomplete="email") }}
{{ forms.field(form.password, autocomplete="current-password") }}{{ forms.field(form.message) }}
{{ forms.checkbox(form.agree) }}
{% endcall %}
{{ forms.button_form(url_for("lab.press"), "Press") }}
{% endblock %}
"""
SECRET_WORDS = "ada@example.com lives at 192.0.2.7"


class NameTaken(Refusal):
    """The name is taken; carries `name`."""


class Sheet(forms.Form):
    """A form with one field of each kind."""

    refusals = {"NameTaken": ("name", _l("%(name)s is taken."))}
    name = forms.text(_l("Name"))
    email = forms.email()
    password = forms.password()
    message = forms.paragraph(_l("Message"), required=False)
    agree = forms.tick(_l("Agree"))


def plain(words: str) -> Response:
    """Return words that are no page."""
    return Response(words, mimetype="text/plain")


def show(form: Sheet) -> tuple[str, int]:
    """Return the page with the form."""
    return current_app.jinja_env.from_string(PAGE).render(form=form, **current_context()), form.status


def current_context() -> dict[str, Any]:
    """Return what `render_template` would add."""
    values: dict[str, Any] = {}
    current_app.update_template_context(values)
    return values


@bp.route("/page", methods=["GET", "POST"])
@access.public
def page() -> Any:
    """Take the sheet; some names are refused after the unit has written."""
    form = Sheet()
    if form.validate_on_submit():
        audit.record("lab.page_posted", letters=len(form.name.data))
        try:
            _judge(form.name.data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".done"), code=303)
    return show(form)


def _judge(name: str) -> None:
    if name == "Taken":
        raise NameTaken(name=name)
    if name == "Hasty":
        raise TooManyTries(retry_after=90)
    if name == "Busy":
        raise Busy


@bp.get("/done")
@access.public
def done() -> Response:
    """Say that it is done."""
    return plain("done")


@bp.post("/press")
@access.public
def press() -> Any:
    """Do what a button does."""
    audit.record("lab.pressed")
    return redirect(url_for(".done"), code=303)


@bp.route("/careless", methods=["GET", "POST"])
@access.public
def careless() -> Response:
    """Write without ever asking a form."""
    audit.record("lab.careless")
    after_unit(lambda: audit.record("lab.afterwards"))
    return plain("done")


@bp.post("/boom")
@access.public
@access.csrf_exempt("a test")
def boom() -> Response:
    """Write, and raise words that nobody must read."""
    audit.record("lab.boomed")
    after_unit(lambda: audit.record("lab.afterwards"))
    storage().store("lab", [b"half a thing"])
    raise RuntimeError(SECRET_WORDS)


@bp.post("/refused-by-the-database")
@access.public
@access.csrf_exempt("a test")
def refused_by_the_database() -> Response:
    """Let the commit itself fail."""
    entry = audit._entry("lab.twin", None, None, {})
    db.session.add(entry)
    db.session.flush()
    db.session.execute(text("INSERT INTO audit_entry (id, at, event, facts) SELECT id, at, event, facts FROM audit_entry"))
    return plain(SECRET_WORDS)


@bp.route("/own-units", methods=["GET", "POST"])
@access.public
@access.own_units("a test: commits, calls somebody, and goes on")
def own_units() -> Any:
    """Take the sheet in units of its own; a name says what goes wrong in between."""
    form = Sheet()
    if not form.validate_on_submit():
        return show(form)
    with unit_of_work():
        audit.record("lab.first")
        after_unit(lambda: audit.record("lab.afterwards"))
    held = _call(form.name.data)
    with unit_of_work():
        audit.record("lab.second")
    with unit_of_work(write=False):
        return plain(f"{held} held, {db.session.scalar(select(func.count()).select_from(AuditEntry))} recorded")


def _call(name: str) -> int:
    """Stand for a call to somebody else; return how many connections are held meanwhile."""
    if name == "Breaks off":
        raise RuntimeError(SECRET_WORDS)
    if name == "Reads":
        db.session.scalars(select(AuditEntry)).all()
    if name == "Writes":
        audit.record("lab.loose")
        db.session.flush()
    if name == "Adds":
        audit.record("lab.loose")
    return db.engine.pool.checkedout()  # type: ignore[attr-defined]


@bp.route("/own-units/careless", methods=["GET", "POST"])
@access.public
@access.own_units("a test: never asks a form")
def careless_own_units() -> Response:
    """Write without ever asking a form."""
    with unit_of_work():
        audit.record("lab.careless")
    return plain("done")


@bp.post("/own-units/loose")
@access.public
@access.csrf_exempt("a test")
@access.own_units("a test: forgets its unit")
def loose() -> Response:
    """Add a row to no unit."""
    audit.record("lab.loose")
    return plain("done")


def _acting() -> Response:
    acting = current_unit().actor
    return plain(f"{type(acting).__name__} {getattr(acting, 'person_id', None)} {getattr(acting, 'role', '')}".strip())


@bp.get("/acting")
@access.public
def acting() -> Response:
    """Tell who acts in this unit."""
    return _acting()


@bp.get("/acting/staff")
@access.staff(Role.SUPPORT)
def acting_as_staff() -> Response:
    """Tell who acts in this unit."""
    return _acting()


@bp.get("/reads")
@access.public
def reads() -> Response:
    """Ask the database for something."""
    return plain(str(db.session.scalar(select(func.count()).select_from(AuditEntry))))


@bp.get("/forgets-the-template")
@access.public
def forgets_the_template() -> Response:
    """Render a template that does not exist."""
    return plain(current_app.jinja_env.get_template("lab/missing.html").render())


@bp.get("/signed-in")
@access.signed_in
def signed_in() -> Response:
    """Show the person's name."""
    return plain(access.actor().name)


@bp.route("/fresh", methods=["GET", "POST"])
@access.fresh
@access.csrf_exempt("a test")
def fresh() -> Response:
    """Show to the fresh."""
    return plain("fresh")


@bp.get("/staff")
@access.staff(Role.SUPPORT)
def staff() -> Response:
    """Show to support."""
    return plain("staff")


@bp.get("/link")
@access.public
def link() -> Response:
    """Tell an address, as an email would."""
    return plain(links.external_url("lab.done"))


@bp.get("/who")
@access.public
def who() -> Response:
    """Tell the visitor's address, and whether it is this machine."""
    return plain(f"{web.client_ip()} {web.is_neighbour()}")


@bp.get("/forget")
@access.public
def forget() -> Response:
    """Clear the cookie, as signing out does."""
    session.clear()
    return plain("forgotten")
