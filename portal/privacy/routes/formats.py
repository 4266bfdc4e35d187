"""In which formats data is handed out: printed from the register, for everybody."""

from flask import Blueprint

from portal.kit import access
from portal.kit.templating import render
from portal.privacy import service

bp = Blueprint("formats", __name__)


@bp.get("/privacy/formats")
@access.public
def formats() -> str:
    """Show which data a copy holds, and in which format (P25)."""
    return render("privacy/formats.html", datasets=service.formats())
