"""What anybody needs to check a licence without us."""

import io
from pathlib import Path

from flask import Blueprint, Response

from portal.kit import access
from portal.kit.downloads import download
from portal.licences import service

bp = Blueprint("licences_proof", __name__)
PROOF = Path(__file__).resolve().parents[3] / "proof"
VERIFIER, VECTORS = PROOF / "verify_licence.py", PROOF / "licence_vectors.json"


@bp.get("/proof/verify_licence.py")
@access.public
def verifier() -> Response:
    """Hand out the program that checks a licence: one file, which products take their `check` from."""
    return download(VERIFIER.open("rb"), name=VERIFIER.name, media_type="text/x-python")


@bp.get("/proof/licence_vectors.json")
@access.public
def vectors() -> Response:
    """Hand out files that are right and files that are wrong, for whoever writes a check of their own."""
    return download(VECTORS.open("rb"), name=VECTORS.name, media_type="application/json")


@bp.get("/proof/revoked_licences.txt")
@access.public
def revoked() -> Response:
    """Hand out the signed list of licences that were paid back."""
    return download(io.BytesIO(service.revoked_file().encode()), name="revoked_licences.txt", media_type="text/plain")
