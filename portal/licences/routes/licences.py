"""The licences of one's organisations, and the file of each."""

import io
import uuid

from flask import Blueprint, Response, request

from portal.kit import access
from portal.kit.downloads import download
from portal.kit.templating import render
from portal.licences import service, words

bp = Blueprint("licences_pages", __name__)


@bp.get("/licences")
@access.signed_in
def overview() -> str:
    """List the licences of one of the person's organisations, the first one unless another is asked for."""
    person = access.actor()
    standings = service.standings_of(person)
    first = standings[0].organisation_id if standings else None
    here = request.args.get("organisation", type=uuid.UUID) or first
    licences = service.licences_for(person, here, after=request.args.get("after")) if here else None
    return render(
        "licences/overview.html",
        standings=standings,
        here=here,
        licences=licences,
        products=words.PRODUCTS,
        plans=words.PLANS,
    )


@bp.get("/licences/<uuid:licence_id>")
@access.signed_in
def licence(licence_id: uuid.UUID) -> str:
    """Show a licence; an Owner gets its file and its machines."""
    shown = service.licence_for(access.actor(), licence_id)
    machines = service.machines_of(shown, after=request.args.get("after"))
    return render("licences/licence.html", shown=shown, machines=machines, products=words.PRODUCTS, plans=words.PLANS)


@bp.get("/licences/<uuid:licence_id>/file")
@access.signed_in
def licence_file(licence_id: uuid.UUID) -> Response:
    """Hand out the signed file to an Owner."""
    file = service.owned_for(access.actor(), licence_id).file
    return download(io.BytesIO(file.encode()), name=f"licence-{licence_id}.txt", media_type="text/plain")
