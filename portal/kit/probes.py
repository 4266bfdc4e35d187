"""Probes for operators: alive, ready, and numbers without people in them."""

import hmac
import time

from flask import Blueprint, Flask, Response, abort, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

from portal.kit import access, rotation
from portal.kit.settings import current_settings
from portal.kit.web import is_neighbour

bp = Blueprint("probes", __name__)
registry = CollectorRegistry()
requests = Counter("portal_requests_total", "Answers by endpoint and status.", ["endpoint", "status"], registry=registry)
seconds = Histogram("portal_request_seconds", "Time to answer by endpoint.", ["endpoint"], registry=registry)


@bp.get("/healthz")
@access.public
def healthz() -> Response:
    """Tell that the process answers."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@access.public
def readyz() -> Response:
    """Tell that the database answers and that no secret is missing; an error becomes a 503 page."""
    if rotation.missing_keys():
        # Which one is missing `portal keys rotate` tells: this page is for everybody.
        return Response("not ready: a key is missing from PORTAL_SECRET_KEYS\n", status=503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/metrics")
@access.public
def metrics() -> Response:
    """Show numbers to a neighbour on loopback, or to whoever holds the token; to others the page does not exist."""
    token = current_settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    if not is_neighbour() and not (token and hmac.compare_digest(given, token.get_secret_value().encode())):
        abort(404)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def init_app(app: Flask) -> None:
    """Count every answer."""
    app.register_blueprint(bp)
    app.after_request(_count)


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    requests.labels(endpoint, response.status_code).inc()
    if "started" in g:
        seconds.labels(endpoint).observe(time.perf_counter() - g.started)
    return response
