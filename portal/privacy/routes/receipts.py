"""Receipts of deletions, and what anybody needs to check one without us."""

import io
from pathlib import Path

from flask import Blueprint, Response, jsonify

from portal.kit import access, page_language, signing
from portal.kit.downloads import download
from portal.kit.headers import private_link
from portal.kit.templating import render
from portal.privacy import service

bp = Blueprint("receipts", __name__)
VERIFIER = Path(__file__).resolve().parents[3] / "proof" / "verify_receipt.py"


@bp.get("/privacy/receipt/<token>")
@access.public
def receipt(token: str) -> str:
    """Show the receipt of a deletion, in the language in which it was frozen; it holds nothing about anybody."""
    private_link()
    receipt = service.receipt_by_token(token)
    page_language.speak(receipt.language)
    return render("privacy/receipt.html", receipt=receipt, token=token)


@bp.get("/privacy/receipt/<token>/file")
@access.public
def receipt_file(token: str) -> Response:
    """Hand out the document of a receipt with its signature."""
    private_link()
    name, content = service.file_by_token(token)
    return download(io.BytesIO(content), name=name, media_type="application/jsonl")


@bp.get("/proof/verify_receipt.py")
@access.public
def verifier() -> Response:
    """Hand out the program that checks a receipt: one file, which needs nothing of ours."""
    return download(VERIFIER.open("rb"), name=VERIFIER.name, media_type="text/x-python")


@bp.get("/.well-known/portal-keys.json")
@access.public
def public_keys() -> Response:
    """Publish every key that signs or has signed something, as a JSON Web Key Set (RFC 7517)."""
    return jsonify(keys=[key.as_jwk() for key in signing.published()])
