"""The start page, and the page that a customer lands on."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.home import panels
from portal.kit import access
from portal.kit.templating import render
from portal.promises import service as promises
from portal.promises.service import PromiseStatus

bp = Blueprint("home", __name__)


@bp.get("/")
@access.public
def start() -> ResponseReturnValue:
    """Show what this is; a signed-in customer goes on to the own home."""
    if access.actor().is_signed_in:
        return redirect(url_for(".home"))
    counts = promises.tally(promises.board())
    has_run = any(count for status, count in counts.items() if status in (PromiseStatus.KEPT, PromiseStatus.BROKEN))
    total = sum(counts.values())
    return render("home/start.html", kept=counts[PromiseStatus.KEPT] if has_run else None, total=total if has_run else None)


@bp.get("/home")
@access.signed_in
def home() -> str:
    """Show how things stand: one query a panel."""
    return render("home/home.html", panels=panels.for_actor(access.actor()))
