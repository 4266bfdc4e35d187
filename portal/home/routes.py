"""The start page, and the page that a customer lands on."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.home import panels
from portal.kit import access
from portal.kit.templating import render
from portal.promises import service as promises
from portal.promises.service import Standing

bp = Blueprint("home", __name__)


@bp.get("/")
@access.public
def start() -> ResponseReturnValue:
    """Show what this is; a signed-in customer goes on to the own home."""
    if access.actor().is_signed_in:
        return redirect(url_for(".home"))
    counts = promises.tally(promises.board())
    looked = any(count for standing, count in counts.items() if standing in (Standing.KEPT, Standing.BROKEN))
    total = sum(counts.values())
    return render("home/start.html", kept=counts[Standing.KEPT] if looked else None, total=total if looked else None)


@bp.get("/home")
@access.signed_in
def home() -> str:
    """Show how things stand: one query a panel."""
    return render("home/home.html", panels=panels.for_actor(access.actor()))
