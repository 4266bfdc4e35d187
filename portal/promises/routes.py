"""The public page of promises."""

from flask import Blueprint

from portal.kit import access
from portal.kit.templating import render
from portal.promises import service

bp = Blueprint("promises", __name__)


@bp.get("/promises")
@access.public
def overview() -> str:
    """Show every promise with its checks and their last results."""
    return render(
        "promises/overview.html",
        standing=service.standing(),
        board=service.board,
        Status=service.PromiseStatus,
        zone=access.actor().time_zone,
    )
