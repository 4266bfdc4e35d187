"""The public page of promises."""

from flask import Blueprint

from portal.kit import access
from portal.kit.templating import render_same
from portal.promises import service

bp = Blueprint("promises", __name__)


@bp.get("/promises")
@access.public
def overview() -> str:
    """Show every promise with its checks and their last results."""
    standing, zone = service.standing(), access.actor().time_zone
    return render_same(
        "promises/overview.html",
        standing,
        zone,
        standing=standing,
        board=service.board,
        Status=service.PromiseStatus,
        zone=zone,
    )
