"""Pictures that people upload: what they are is judged by their bytes, and only a freshly drawn copy is ever kept.

The original is never stored, never served and never decoded in this process (see `picture_process`).
"""

import subprocess
import sys
import threading
from pathlib import Path, PurePath

from portal.kit import picture_process
from portal.kit.refusals import Busy, Refusal
from portal.kit.unit import before_writes, release_connection

MOST_BYTES = 8_000_000
MEDIA_TYPE = "image/webp"
SUFFIXES = {"JPEG": {".jpg", ".jpeg", ".jfif"}, "PNG": {".png"}, "WEBP": {".webp"}}
PATIENCE_SECONDS = 20
_HEAD = 1024
_MARKUP = (b"<script", b"<html", b"<svg", b"<!doctype", b"<?php", b"%pdf-")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22

_slots = threading.BoundedSemaphore(2)


class NotAPicture(Refusal):
    """The bytes are none of JPEG, PNG, WebP."""


class PictureIsDrawing(Refusal):
    """An SVG: a drawing that can carry scripts."""


class PictureMoves(Refusal):
    """A GIF, or a picture of several frames."""


class PictureIsTwoThings(Refusal):
    """A picture that is a page, a program or an archive as well."""


class PictureNameDisagrees(Refusal):
    """The file's name ends otherwise than its content."""


class PictureTooLarge(Refusal):
    """More bytes than we take; carries `most`, in megabytes."""


class PictureTooManyPixels(Refusal):
    """More pixels than we decode; carries `most`, in millions."""


class PictureBroken(Refusal):
    """The decoder could not read it to its end."""


@before_writes
def small_square(data: bytes, *, name: str) -> bytes:
    """Return the picture as a square of 256 by 256 pixels in WebP: upright, cut at the centre, without metadata.

    Raises the refusals of this module, and Busy.
    """
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(most=MOST_BYTES // 10**6)
    kind = _kind(data)
    if PurePath(name).suffix.casefold() not in SUFFIXES[kind]:
        raise PictureNameDisagrees
    if _is_two_things(data):
        raise PictureIsTwoThings
    return _drawn(data)


def _kind(data: bytes) -> str:
    """Tell what the bytes are by their beginning. Raises the refusal of what we do not take."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data.startswith((b"GIF87a", b"GIF89a")):
        raise PictureMoves
    if b"<svg" in data[:_HEAD].lower():
        raise PictureIsDrawing
    raise NotAPicture


def _is_two_things(data: bytes) -> bool:
    """Tell whether something else hides in the picture: markup, a PDF, or an archive that ends where the file ends."""
    lowered = data.lower()
    if any(mark in lowered for mark in _MARKUP):
        return True
    end = data.rfind(_ZIP_END)
    if end < 0 or len(data) - end < _ZIP_END_SIZE:
        return False
    comment = int.from_bytes(data[end + _ZIP_END_SIZE - 2 : end + _ZIP_END_SIZE], "little")
    return end + _ZIP_END_SIZE + comment == len(data)


def _drawn(data: bytes) -> bytes:
    release_connection()
    if not _slots.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        # Our own interpreter and our own file, no shell, nothing of the person's in the arguments.
        done = subprocess.run(
            [sys.executable, "-I", str(Path(picture_process.__file__))],
            input=data,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PictureBroken from None
    finally:
        _slots.release()
    if done.returncode == picture_process.TOO_MANY_PIXELS:
        raise PictureTooManyPixels(most=picture_process.MOST_PIXELS // 10**6)
    if done.returncode == picture_process.MOVES:
        raise PictureMoves
    if done.returncode:
        raise PictureBroken
    return done.stdout
