"""Our own files: read, hashed and compressed once, when the portal starts, and sent from memory.

Each is named by a hash of its content (`portal.0123456789ab.css`), so that a browser may keep it for good. Under its plain
name, or one that a page of another release has for it, comes the file of today, to be kept for minutes only.
"""

import gzip
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, abort, request

from portal.kit import access
from portal.kit.running import Installed

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_MINUTES = "public, max-age=300"
_NAMED = re.compile(r"(.+)\.([0-9a-f]{12})(\.[a-z]+)")


@dataclass(frozen=True)
class File:
    """A file of ours: its hash, and its content plain and in each encoding that makes it smaller, the smallest first."""

    digest: str
    plain: bytes
    smaller: Mapping[str, bytes]


FILES = Installed[Mapping[str, File]]("static_files")


def init_app(app: Flask) -> None:
    """Read every file, and serve it in the place of Flask's own view."""
    folder = Path(app.static_folder or "")
    FILES.install(app, {path.relative_to(folder).as_posix(): _read(path) for path in folder.rglob("*") if path.is_file()})
    app.view_functions["static"] = _serve
    app.url_defaults(_name_by_content)


@lru_cache(maxsize=256)
def _read(path: Path) -> File:
    plain = path.read_bytes()
    found = {"br": brotli.compress(plain, quality=11), "gzip": gzip.compress(plain, 9, mtime=0)}
    smaller = {encoding: body for encoding, body in found.items() if len(body) < len(plain)}
    return File(sha256(plain).hexdigest()[:12], plain, smaller)


def _name_by_content(endpoint: str, values: dict[str, Any]) -> None:
    file = FILES.get().get(values.get("filename", "")) if endpoint == "static" else None
    if file:
        name, dot, ending = values["filename"].rpartition(".")
        values["filename"] = f"{name}.{file.digest}{dot}{ending}"


@access.public
def _serve(filename: str) -> Response:
    """Send a file of ours in the smallest encoding that is taken; a part of one as it is."""
    named = _NAMED.fullmatch(filename)
    name = f"{named[1]}{named[3]}" if named else filename
    file = FILES.get().get(name)
    if file is None:
        abort(404)
    # A part would be asked of an encoding and be given of the plain content.
    encoding = None if "Range" in request.headers else request.accept_encodings.best_match(file.smaller)
    response = Response(file.smaller[encoding] if encoding else file.plain, mimetype=mimetypes.guess_type(name)[0])
    if encoding:
        response.headers["Content-Encoding"] = encoding
    response.headers["Cache-Control"] = FOR_GOOD if named and named[2] == file.digest else FOR_MINUTES
    # Two encodings of one content are equal in meaning, not byte for byte (RFC 9110, 8.8.1).
    response.set_etag(file.digest, weak=encoding is not None)
    response.make_conditional(request, accept_ranges=encoding is None, complete_length=len(file.plain))
    return response
