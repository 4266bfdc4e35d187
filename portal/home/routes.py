"""The start page, and the page that a customer lands on."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.home import panels
from portal.kit import access
from portal.kit.templating import render, render_same
from portal.promises import service as promises
from portal.promises.service import PromiseStatus

bp = Blueprint("home", __name__)


@bp.get("/")
@access.public
def start() -> ResponseReturnValue:
    """Show what this is; a signed-in customer goes on to the own home."""
    if access.actor().is_signed_in:
        return redirect(url_for(".home"))
    standing = promises.standing()
    kept = standing.count(PromiseStatus.KEPT)
    total = standing.total if kept or standing.count(PromiseStatus.BROKEN) else None
    return render_same("home/start.html", kept, total, kept=kept, total=total)


@bp.get("/home")
@access.signed_in
def home() -> str:
    """Show how things stand: one query a panel."""
    actor = access.actor()
    removal = accounts.find_waiting_removal_for(actor) if actor.has_second_factor else None
    return render("home/home.html", panels=panels.for_actor(actor), removal=removal)
