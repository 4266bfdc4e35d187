"""Where a page of the console leads back to: the list that a ticket was opened from, which its address says."""

import uuid
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.support import service as support


def list_of(view: support.View) -> ResponseReturnValue:
    """Go to a list."""
    address: dict[str, Any] = {**view.address}
    return redirect(url_for(".tickets", _anchor="list", **address), 303)


def place() -> dict[str, Any]:
    """Return the list that a ticket was opened from and its place there, as its address says."""
    after = {"after": request.args["after"]} if "after" in request.args else {}
    return {**support.view_of(request.args).address, **after}


def back(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Go back to a ticket."""
    return redirect(url_for(".ticket", ticket_id=ticket_id, **place()), 303)
