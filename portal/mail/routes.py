"""The development mailbox: emails that would have been sent, for people and for programs. Never in production."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from portal.kit import access
from portal.kit.headers import shows_own_frame
from portal.kit.templating import render
from portal.kit.web import is_neighbour
from portal.mail import transport

bp = Blueprint("mail", __name__)
PARTS = ("html", "text")
WIDTHS = {"wide": 720, "narrow": 360}
"""How wide an email is shown, in pixels: at a desk, and on a phone."""
FRAMED = "allow-popups allow-popups-to-escape-sandbox"
"""What an email in its frame may do: open its links in a page of their own, and nothing else."""
OF_AN_EMAIL = f"sandbox {FRAMED}; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@bp.before_request
def _loopback_only() -> None:
    if not is_neighbour():
        abort(404)


@bp.get("/dev/mailbox")
@access.public
def mailbox() -> str:
    """Show the emails, newest first."""
    return render("mail/mailbox.html", emails=transport.mailbox())


@bp.get("/dev/mailbox.json")
@access.public
def mailbox_json() -> Response:
    """Hand the emails to a program, newest first."""
    return jsonify([email for _key, email in transport.mailbox()])


@bp.get("/dev/mailbox/<name>")
@access.public
def email(name: str) -> str:
    """Show one email as its reader sees it: in HTML or as text, at a desk's width or a phone's."""
    part, width = (request.args.get(each, "") for each in ("part", "width"))
    shown = {"part": part if part in PARTS else PARTS[0], "width": width if width in WIDTHS else "wide"}
    shows_own_frame()
    return render("mail/email.html", name=name, email=_find(name), widths=WIDTHS, framed=FRAMED, **shown)


@bp.get("/dev/mailbox/<name>/<part>")
@access.public
def email_part(name: str, part: str) -> Response:
    """Hand out a part of an email for the frame: nothing of it runs or is fetched, and it has an origin of its own."""
    if part not in PARTS:
        abort(404)
    # A link would open inside of the frame.
    words = _find(name)[part].replace("<head>", '<head><base target="_blank">', 1)
    response = Response(words, mimetype="text/html" if part == "html" else "text/plain")
    response.headers["Content-Security-Policy"] = OF_AN_EMAIL
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _find(name: str) -> dict[str, Any]:
    found = {key.rpartition("/")[2]: email for key, email in transport.mailbox()}
    return found.get(name) or abort(404)
