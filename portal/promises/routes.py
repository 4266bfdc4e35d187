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
    chapters = service.board()
    counts = {status.value: count for status, count in service.tally(chapters).items()}
    return render("promises/overview.html", chapters=chapters, counts=counts, total=sum(counts.values()))
