"""The person's own visits; and the note that is taken of every answer, beside it."""

import re
import uuid
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from portal.kit import access, clock
from portal.kit.templating import render
from portal.kit.web import client_ip
from portal.traffic import service
from portal.traffic.words import PAGES

bp = Blueprint("traffic", __name__)
EXTENSION = "portal.visits"
NOT_NOTED = frozenset({"static", "probes.healthz", "probes.readyz", "probes.metrics"})
NEVER_NOTED = re.compile(r"/api/v1/licences/|/licences/[^/]+/(activate|machines)(/|$)")
"""Where machines are registered, by a product or by hand: no visit is kept (P12)."""
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS"})


@bp.get("/settings/privacy/visits")
@access.signed_in
@access.open_while_disabled
def mine() -> str:
    """Show the person's own visits with their addresses, and when each becomes unreadable (P23)."""
    visits = service.visits_for(access.actor(), request.args.get("after"))
    return render("traffic/mine.html", visits=visits, addresses=PAGES)


@bp.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = service.Recorder(cast(Flask, state.app))


@bp.after_app_request
def _note(response: Response) -> Response:
    if request.endpoint not in NOT_NOTED and not NEVER_NOTED.match(request.path):
        known = access.actor_if_known()
        recorder(current_app).note(
            service.Seen(
                at=clock.now(),
                endpoint=request.endpoint,
                method=request.method if request.method in METHODS else "OTHER",
                status=response.status_code,
                address=client_ip(),
                # Only when the request was looked at so far: an answer given before that asks no database for a name.
                subject_id=known.person_id if known else None,
                id=service.this_visit_id() or uuid.uuid4(),
            )
        )
    return response


def recorder(app: Flask) -> service.Recorder:
    """Return the recorder of an app."""
    return cast(service.Recorder, app.extensions[EXTENSION])
