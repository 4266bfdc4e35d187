"""Pictures that people upload: what they are is judged by their bytes, and only a freshly drawn copy is ever kept.

The original is never stored, never served and never decoded in this process (see `picture_process`). The decoder works for
one picture at a time on a whole machine, in its turn among other heavy work, in bounded memory: how large a picture may be
follows from what each format needs.
"""

import fcntl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal.kit import file_types, picture_layout
from portal.kit.file_refusals import FileDamaged, FileNotWhatItSays
from portal.kit.heavy import heavy_work
from portal.kit.picture_layout import Kind, Layout
from portal.kit.refusals import Busy, Refusal
from portal.kit.unit import before_writes, release_connection

DECODER = Path(__file__).with_name("picture_process.py")
MOST_BYTES = 8_000_000
MEDIA_TYPE = "image/webp"
ENDINGS = sorted(ending for kind in file_types.PICTURES.values() for ending in kind.endings)
MOST_PIXELS: Mapping[Kind, int] = {"JPEG": 51_000_000, "PNG": 13_500_000, "WEBP": 8_500_000}
"""What the decoder can hold: a JPEG is scaled while it is read, a PNG stands in memory once, a WebP four times."""
MOST_COEFFICIENTS = 153_000_000
"""Bytes of a JPEG in several passes, which are all in memory before the first pixel is: 3 or 6 a pixel."""
PATIENCE_SECONDS = 20
_WAITING = 8
_LOOK_AGAIN_SECONDS = 0.05
_HEAD = 1024
_SINGLE_FILE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")

_places = threading.BoundedSemaphore(_WAITING)


class NotAPicture(Refusal):
    """The bytes are none of JPEG, PNG, WebP."""


class PictureIsDrawing(Refusal):
    """An SVG: a drawing that can carry scripts."""


class PictureIsHeif(Refusal):
    """A HEIC or AVIF, as phones keep photos: no decoder of ours reads it."""


class PictureMoves(Refusal):
    """A GIF, or a picture of several frames."""


class PictureTooLarge(Refusal):
    """More bytes than we take; carries `most`, in megabytes."""


class PictureTooManyPixels(Refusal):
    """More pixels than can be decoded of such a picture; carries `most`, in millions."""


@before_writes
def small_square(data: bytes, *, name: str) -> bytes:
    """Return the picture as a square of 256 by 256 pixels in WebP: upright, cut at the centre, without metadata.

    Raises the refusals of this module, FileNotWhatItSays, FileDamaged, FileIsTwoThings, and Busy.
    """
    if len(data) > MOST_BYTES:
        raise PictureTooLarge(most=MOST_BYTES // 10**6)
    kind = picture_layout.kind_of(data)
    if kind is None:
        raise _why_no_picture(data)
    if file_types.ending_of(name) not in file_types.PICTURES[kind].endings:
        raise FileNotWhatItSays(name=name)
    most = _most_pixels(file_types.check_picture(data), kind)
    if most is not None:
        raise PictureTooManyPixels(most=most // 10**6)
    release_connection()
    with _alone() as lock:
        return heavy_work().run(lambda: _drawn(data, lock), patience=PATIENCE_SECONDS)


def _why_no_picture(data: bytes) -> Refusal:
    if data.startswith((b"GIF87a", b"GIF89a")):
        return PictureMoves()
    if b"<svg" in data[:_HEAD].lower():
        return PictureIsDrawing()
    return PictureIsHeif() if data[4:8] == b"ftyp" and data[8:12] in _SINGLE_FILE_BRANDS else NotAPicture()


def _most_pixels(layout: Layout, kind: Kind) -> int | None:
    """Return how many pixels a picture of this kind may have, if it has more; else None."""
    if layout.pixels > MOST_PIXELS[kind]:
        return MOST_PIXELS[kind]
    if layout.coefficients > MOST_COEFFICIENTS:
        return layout.pixels * MOST_COEFFICIENTS // layout.coefficients
    return None


@contextmanager
def _alone() -> Iterator[int]:
    """Wait for one's turn on this machine, and lend the lock that says so. Raises Busy."""
    if not _places.acquire(blocking=False):
        raise Busy
    try:
        # The decoder's own file is the lock: each process of the portal on this machine has it, none can remove it.
        with DECODER.open("rb") as stream:
            _lock(stream.fileno())
            yield stream.fileno()
    finally:
        _places.release()


def _lock(descriptor: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise Busy from None
            time.sleep(_LOOK_AGAIN_SECONDS)


def _drawn(data: bytes, lock: int) -> bytes:
    # Here: its library weighs 2 MB, and most processes that serve pages never meet a picture.
    from portal.kit import picture_process

    try:
        # Our own interpreter and our own file, no shell, nothing of the person's in the arguments. The decoder holds the
        # lock as well: should this process die, nobody starts another one beside it.
        done = subprocess.run(
            [sys.executable, "-I", str(DECODER)],
            input=data,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            env={},
            pass_fds=(lock,),
            check=False,
        )
    except subprocess.TimeoutExpired:
        # What keeps the decoder busy by itself ends by its own limit; here the machine had no time for it.
        raise Busy from None
    if done.returncode == picture_process.MOVES:
        raise PictureMoves
    if done.returncode:
        raise FileDamaged
    return done.stdout
