"""Answers that are smaller on the way: pages by Flask-Compress, our own files once, when the portal starts.

A compressed page tells by its length whether something that a stranger put into its address also stands elsewhere in it
(BREACH): a name, a ticket, a CSRF token, whose first part is the same in every page of a browser. Whoever guesses must
have the person's browser ask for the page again and again from another site. Such an answer goes out as it is; masking
the token alone would leave the rest to be guessed.
"""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, request
from flask_compress import Compress

from portal.kit.running import Installed

PAGES = Installed[Compress]("pages_compressed")
ALGORITHMS = ["zstd", "br", "gzip"]
TYPES = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain"]
SETTINGS = {
    "COMPRESS_MIMETYPES": TYPES,
    "COMPRESS_MIN_SIZE": 600,
    "COMPRESS_ALGORITHM": ALGORITHMS,
    # Of a page of 49 kB, in CPU: 0.15 ms (11.9 kB), 0.31 ms (12.0 kB), 0.33 ms (13.6 kB); gzip at 6 took 1.07 ms (11.4 kB).
    "COMPRESS_ZSTD_LEVEL": 3,
    "COMPRESS_BR_LEVEL": 2,
    "COMPRESS_LEVEL": 1,
    "COMPRESS_STREAMS": False,
    "COMPRESS_EVALUATE_CONDITIONAL_REQUEST": False,
    "COMPRESS_REGISTER": False,
}


def init_app(app: Flask) -> None:
    """Compress what is answered, and every file of ours now."""
    app.config.update(SETTINGS)
    PAGES.install(app, Compress(app))
    app.after_request(_compress)
    for path in Path(app.static_folder or "").rglob("*"):
        _smaller(path)


@lru_cache(maxsize=256)
def _smaller(path: Path) -> Mapping[str, bytes]:
    """Return a file in each encoding that makes it smaller, the smallest first."""
    if not path.is_file():
        return {}
    plain = path.read_bytes()
    found = {"br": brotli.compress(plain, quality=11), "gzip": gzip.compress(plain, 9, mtime=0)}
    return {encoding: body for encoding, body in found.items() if len(body) < len(plain)}


def _compress(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    if request.endpoint == "static":
        return _ready_made(response)
    # The library takes an encoding that is refused (`gzip;q=0`) when no other is named.
    takes_one = request.accept_encodings.best_match(ALGORITHMS) is not None
    if response.is_streamed or response.status_code == 206 or not takes_one or not _is_asked_for_by_us():
        return response
    return PAGES.get().after_request(response)


def _ready_made(response: Response) -> Response:
    known = _smaller(Path(current_app.static_folder or "") / str((request.view_args or {}).get("filename")))
    encoding = request.accept_encodings.best_match(known)
    if response.status_code != 200 or encoding is None:
        return response
    # The file that was opened is closed with the answer.
    response.direct_passthrough = False
    response.make_sequence()
    response.set_data(known[encoding])
    response.headers["Content-Encoding"] = encoding
    # A part would be asked of this encoding and be given of the plain one.
    response.headers.pop("Accept-Ranges", None)
    # Two encodings of one content are equal in meaning, not byte for byte (RFC 9110, 8.8.1).
    response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def _is_asked_for_by_us() -> bool:
    """Tell whether no other site can have caused this request in somebody's name.

    It says nothing of anybody without our cookie. Browsers without Fetch Metadata say where they come from by a Referer,
    which no page can make up.
    """
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return True
    site = request.headers.get("Sec-Fetch-Site")
    return site in ("same-origin", "none") if site else (request.referrer or "").startswith(request.host_url)
