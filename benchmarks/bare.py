"""The least that Flask can do for what the portal does, on the same database: what a page, a sign-in, a reset cost bare.

A template that extends a base, with one indexed SELECT or with none; a sign-in that is a form, a hash and a session's row;
a reset that is a form, a lookup and a queued job. No translation, no headers, no compression, no throttle, no log.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import cast

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from jinja2 import DictLoader
from sqlalchemy import JSON, DateTime, Engine, Uuid, bindparam, column, create_engine, insert, select, table
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Length

DATABASE, SECRET = "BARE_DATABASE_URL", "BARE_SECRET_KEY"
"""The variables that name the database, with the portal's own tables, and the key that signs the browser's cookie."""

TEMPLATES = {
    "base.html": """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title></head>
<body>
<header><a href="/">Home</a></header>
<main>{% block main %}{% endblock %}</main>
<footer><a href="/privacy">Privacy</a></footer>
</body>
</html>
""",
    "page.html": """{% extends "base.html" %}
{% block title %}Hello{% endblock %}
{% block main %}<h1>Hello</h1><p>{{ name }}</p>{% endblock %}
""",
    "form.html": """{% extends "base.html" %}
{% block title %}A form{% endblock %}
{% block main %}<form method="post">
{% for field in form %}{{ field() }}{% endfor %}<button>Go on</button>
</form>{% endblock %}
""",
}

PERSON = table("person", column("id", Uuid()), column("name"), column("email_key"), column("password_hash"))
SESSION = table(
    "sign_in_session",
    column("id", Uuid()),
    column("person_id", Uuid()),
    column("secret_hash"),
    column("device"),
    column("created_at", DateTime(timezone=True)),
    column("seen_at", DateTime(timezone=True)),
    column("expires_at", DateTime(timezone=True)),
    column("remembered"),
)
JOB = table(
    "job",
    column("id", Uuid()),
    column("kind"),
    column("payload", JSON()),
    column("subject_id", Uuid()),
    column("state"),
    column("created_at", DateTime(timezone=True)),
    column("run_at", DateTime(timezone=True)),
    column("attempts"),
    column("progress_done"),
    column("progress_total"),
)
NAME = select(PERSON.c.name).where(PERSON.c.id == bindparam("id"))
BY_EMAIL = select(PERSON.c.id, PERSON.c.password_hash).where(PERSON.c.email_key == bindparam("email"))

hasher = PasswordHasher()  # a hash names the cost with which it was made
bp = Blueprint("bare", __name__)


def make_app() -> Flask:
    """Make the app; its database and its key are named in the environment."""
    app = Flask("bare")
    app.jinja_loader = DictLoader(TEMPLATES)
    app.config["SECRET_KEY"] = os.environ[SECRET]
    app.extensions["engine"] = create_engine(os.environ[DATABASE])
    app.register_blueprint(bp)
    return app


def engine() -> Engine:
    """Return the engine of the running app."""
    return cast(Engine, current_app.extensions["engine"])


class SignIn(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An address and a password."""

    email = EmailField(validators=[DataRequired(), Length(max=254)])
    password = PasswordField(validators=[DataRequired(), Length(max=256)])


class Reset(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """An address."""

    email = EmailField(validators=[DataRequired(), Length(max=254)])


@bp.get("/page")
def page() -> str:
    """Show a page that asks nothing of the database."""
    return render_template("page.html", name="Ada")


@bp.get("/page/<uuid:person_id>")
def page_of(person_id: uuid.UUID) -> str:
    """Show a page with one indexed SELECT."""
    with engine().connect() as connection:
        name = connection.scalar(NAME, {"id": person_id})
    return render_template("page.html", name=name)


@bp.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Let somebody in: form, lookup, hash, the session's row."""
    form = SignIn()
    if not form.validate_on_submit():
        return render_template("form.html", form=form)
    with engine().begin() as connection:
        person = connection.execute(BY_EMAIL, {"email": form.email.data}).one()
        try:
            hasher.verify(person.password_hash, form.password.data)
        except VerificationError:
            abort(401)
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        connection.execute(
            insert(SESSION).values(
                id=uuid.uuid4(),
                person_id=person.id,
                secret_hash=hashlib.sha256(secret.encode()).hexdigest(),
                device="bare",
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=24),
                remembered=False,
            )
        )
    session["session"] = secret
    return redirect("/home", code=303)


@bp.route("/forgot-password", methods=["GET", "POST"])
def forgot_password() -> ResponseReturnValue:
    """Queue a reset: form, lookup, one row."""
    form = Reset()
    if not form.validate_on_submit():
        return render_template("form.html", form=form)
    with engine().begin() as connection:
        person = connection.execute(BY_EMAIL, {"email": form.email.data}).first()
        now = datetime.now(UTC)
        connection.execute(
            insert(JOB).values(
                id=uuid.uuid4(),
                kind="bare",
                payload={"person_id": str(person.id if person else uuid.uuid4())},
                subject_id=person.id if person else None,
                state="waiting",
                created_at=now,
                run_at=now,
                attempts=0,
                progress_done=0,
                progress_total=0,
            )
        )
    return redirect("/sent", code=303)
