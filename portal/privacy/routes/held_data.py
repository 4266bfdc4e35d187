"""Seeing the data itself."""

from flask import Blueprint, request

from portal.kit import access
from portal.kit.claims import MOST_COUNTED
from portal.kit.templating import render
from portal.privacy import service

bp = Blueprint("held_data", __name__)


@bp.get("/settings/privacy/data")
@access.signed_in
@access.open_while_disabled
def data() -> str:
    """Show the data itself, beginning with the account (P24)."""
    return _part(service.FIRST_PART)


@bp.get("/settings/privacy/data/<area>")
@access.signed_in
@access.open_while_disabled
def data_part(area: str) -> str:
    """Show what one part of the register holds about the person."""
    return _part(area)


def _part(area: str) -> str:
    return render("privacy/data.html", part=service.held_part_for(access.actor(), area), most=MOST_COUNTED)


@bp.get("/settings/privacy/data/<area>/<line>")
@access.signed_in
@access.open_while_disabled
def data_line(area: str, line: str) -> str:
    """Show all that one line of the register holds, newest first."""
    found = service.held_line_for(access.actor(), line, area=area, after=request.args.get("after"))
    return render("privacy/data_line.html", line=found, area=area)
