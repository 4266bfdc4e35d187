"""Handing out a stored file that somebody else made: as a download, inert in every browser (v5.0.0-3.2.1, 5.4.1)."""

from typing import BinaryIO

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

INERT = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def download(stream: BinaryIO, *, name: str, media_type: str) -> Response:
    """Send `stream` under `name`, which is encoded as RFC 6266 asks. Nothing in it runs, nobody keeps it on the way.

    It is sent whole or not at all, and says so: no part of it can be asked for.
    """
    response = send_file(
        stream, mimetype=media_type, as_attachment=True, download_name=name, conditional=False, etag=False, max_age=0
    )
    response.headers["Content-Security-Policy"] = INERT
    response.headers["Cache-Control"] = "no-store"
    response.headers["Accept-Ranges"] = "none"
    response.call_on_close(stream.close)
    return response


def resumable_download(stream: BinaryIO, *, name: str, media_type: str, size: int, version: str) -> Response:
    """Send `stream` likewise, whole or the one part that is asked for (RFC 9110, 14): a download that broke off goes on.

    `version` is another one for other bytes. Whoever asks for the headers alone, or for several parts, is told of the whole.
    """
    response = download(stream, name=name, media_type=media_type)
    response.content_length = size
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(version)
    if request.method == "GET" and "," not in request.headers.get("Range", ""):
        try:
            response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
        except RequestedRangeNotSatisfiable:
            response.close()
            return Response(status=416, headers={"Content-Range": f"bytes */{size}", "Cache-Control": "no-store"})
    return response
