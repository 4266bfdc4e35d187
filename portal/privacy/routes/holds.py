"""Holds, as the person sees them: what is kept longer, why and until when."""

from flask import Blueprint

from portal.accounts import service as accounts
from portal.kit import access
from portal.kit.templating import render
from portal.privacy import service

bp = Blueprint("holds", __name__)


@bp.get("/settings/privacy/holds")
@access.signed_in
@access.open_while_disabled
def holds() -> str:
    """Show each restricted copy that is kept of the person's data (P30, P31)."""
    return render("privacy/holds.html", holds=service.holds_on(accounts.subject_for(access.actor())))
