"""Registering a product over HTTPS, when a person asks it to: the signed file is the proof of right (P11).

Nothing of the caller is kept: these addresses write no visit, and the proxy no line (P12, P23).
"""

import json
from collections.abc import Callable

from flask import Blueprint, Response, jsonify, request

from portal.kit import access
from portal.kit.i18n import Later, _, _l
from portal.kit.refusals import Refusal, TooManyTries
from portal.kit.unit import unit_of_work
from portal.licences import service

bp = Blueprint("licences_api", __name__)
MOST = 32 * 1024
"""Bytes of a request."""
PROVED_BY = "the signed file in it is the proof of right; no session is asked for"
OWN_UNITS = "a refusal is answered as JSON, once its unit is rolled back"
PROBLEMS: dict[type[Refusal], tuple[int, str, Later]] = {
    service.LicenceInvalid: (422, "licence-invalid", _l("This isn’t a licence of ours.")),
    service.LicenceEnded: (410, "licence-ended", _l("This licence has ended.")),
    service.NoSeat: (409, "no-seat", _l("Every seat of this licence is in use.")),
    service.MachineUnknown: (404, "machine-unknown", _l("This licence isn’t activated on this machine.")),
    TooManyTries: (429, "too-many", _l("Too many requests for this licence. Try again later.")),
}


@bp.post("/api/v1/licences/activate")
@access.public
@access.csrf_exempt(PROVED_BY)
@access.own_units(OWN_UNITS)
def activate() -> Response:
    """Let a licence run on a machine."""
    return _answer(service.activate)


@bp.post("/api/v1/licences/deactivate")
@access.public
@access.csrf_exempt(PROVED_BY)
@access.own_units(OWN_UNITS)
def deactivate() -> Response:
    """Give a machine's seat back."""
    return _answer(service.deactivate)


def _answer(verb: Callable[..., service.Seats]) -> Response:
    body = request.stream.read(MOST + 1)
    if len(body) > MOST:
        return _problem(413, "too-large", _("The request is too large."))
    if request.mimetype != "application/json":
        return _problem(415, "not-json", _("The request needs to be JSON."))
    asked = _read(body)
    if asked is None:
        return _problem(400, "malformed", _("The request needs a licence and a machine of 32 hexadecimal digits."))
    file, machine = asked
    try:
        with unit_of_work():
            seats = verb(file, machine=machine)
    except Refusal as refusal:
        return _refused(refusal)
    return jsonify(activation=seats.activation, seats=seats.seats, seats_used=seats.seats_used)


def _read(body: bytes) -> tuple[str, str] | None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(asked, dict) or set(asked) != {"licence", "machine"} or not isinstance(asked["licence"], str):
        return None
    return (asked["licence"], asked["machine"]) if service.is_machine(asked["machine"]) else None


def _refused(refusal: Refusal) -> Response:
    if type(refusal) not in PROBLEMS:
        raise refusal
    status, name, title = PROBLEMS[type(refusal)]
    answer = _problem(status, name, str(title))
    if isinstance(refusal, TooManyTries):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _problem(status: int, name: str, title: str) -> Response:
    """Say what is wrong as RFC 9457 has it."""
    answer = jsonify(type=f"urn:3clicks:{name}", title=title, status=status)
    answer.status_code, answer.mimetype = status, "application/problem+json"
    return answer
