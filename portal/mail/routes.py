"""The development mailbox: emails that would have been sent, for people and for programs. Never in production."""

from flask import Blueprint, Response, abort, jsonify

from portal.kit import access
from portal.kit.templating import render
from portal.kit.web import is_neighbour
from portal.mail import transport

bp = Blueprint("mail", __name__)


@bp.before_request
def _loopback_only() -> None:
    if not is_neighbour():
        abort(404)


@bp.get("/dev/mailbox")
@access.public
def mailbox() -> str:
    """Show the emails, newest first."""
    return render("mail/mailbox.html", emails=[email for _key, email in transport.mailbox()])


@bp.get("/dev/mailbox.json")
@access.public
def mailbox_json() -> Response:
    """Hand the emails to a program, newest first."""
    return jsonify([email for _key, email in transport.mailbox()])
