"""The one address at which product systems confirm."""

from flask import Blueprint, Response, abort, request

from portal.kit import access
from portal.kit.unit import unit_of_work
from portal.products import service

bp = Blueprint("products", __name__)
MOST = 64 * 1024
"""Bytes of a confirmation."""


@bp.post("/webhooks/products/<name>")
@access.public
@access.csrf_exempt("the product's signature over the whole of it (Standard Webhooks)")
@access.own_units("a signature is checked before the database is asked for anything")
def confirm(name: str) -> Response:
    """Take a product's word that it has deleted what a call named. A stranger learns nothing, not even of a name."""
    body = request.stream.read(MOST + 1)
    if len(body) > MOST:
        abort(413)
    try:
        call_id = service.read_confirmation(name, body=body, headers=dict(request.headers))
    except service.NotGenuine:
        return Response(status=401)
    with unit_of_work():
        service.confirm_from(name, call_id=call_id)
    return Response(status=204)
