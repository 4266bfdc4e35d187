"""The start page, and the page that a customer lands on."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import service as accounts
from portal.home import panels
from portal.kit import access, clock
from portal.kit.templating import render, render_same
from portal.legal import documents
from portal.promises import service as promises
from portal.promises.service import PromiseStatus
from portal.support import service as support

bp = Blueprint("home", __name__)


@bp.get("/")
@access.public
def start() -> ResponseReturnValue:
    """Show what this is; a signed-in customer goes on to the own home."""
    if access.actor().is_signed_in:
        return redirect(url_for(".home"))
    standing = promises.standing()
    says, kept, live = panels.say_standing(standing), standing.count(PromiseStatus.KEPT), standing.live
    return render_same("home/start.html", says, kept, live, says=says, kept=kept, live=live)


@bp.get("/home")
@access.signed_in
def home() -> str:
    """Show what waits for the person, and how things stand: one query each."""
    actor = access.actor()
    tickets = support.waiting_for(actor)
    guarded = actor.has_second_factor
    return render(
        "home/home.html",
        tickets=tickets,
        removal=accounts.find_waiting_removal_for(actor) if guarded else None,
        has_few_codes=guarded and accounts.count_codes(actor.require_id()) <= accounts.FEW,
        news=documents.news(clock.today()),
        panels=panels.for_actor(actor, tickets),
    )
