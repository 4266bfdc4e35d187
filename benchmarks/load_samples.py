"""What a crowd sends: pictures as large as each format may be, one that is larger, and 10 MB of files. Made on the spot."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from functools import cache

from PIL import Image

from benchmarks.running import File
from tests.support import samples

FILE_BYTES = 4_900_000


@dataclass(frozen=True)
class Picture:
    """A picture to send, and whether it is taken."""

    name: str
    data: bytes
    is_taken: bool = True


@cache
def pictures() -> list[Picture]:
    """Return the heaviest pictures of each format, and a lossless WebP of 40 million pixels in 38 bytes (S38)."""
    return [
        Picture("bomb.webp", _flat((6324, 6324), "WEBP", lossless=True, method=0), is_taken=False),
        Picture("photo.jpg", _photo((8160, 6120), "JPEG", quality=75)),
        Picture("photo.webp", _photo((3264, 2448), "WEBP", quality=70, method=0)),
        Picture("progressive.jpg", _photo((8160, 6120), "JPEG", quality=75, progressive=True)),
        Picture("lossless.webp", _flat((2900, 2900), "WEBP", lossless=True, method=0)),
        Picture("screen.png", _flat((4200, 3150), "PNG")),
    ]


@cache
def small_photo() -> Picture:
    """Return a photo of two million pixels."""
    return Picture("small.jpg", _photo((1632, 1224), "JPEG", quality=75))


@cache
def files() -> list[File]:
    """Return a text and a document, 10 MB together."""
    drawn = random.Random(39)
    text = b"".join(b"%040x\n" % drawn.getrandbits(160) for _line in range(FILE_BYTES // 41))
    return [
        ("files", "first.txt", text),
        ("files", "second.docx", samples.office(word__media__image1=drawn.randbytes(FILE_BYTES))),
    ]


def _photo(size: tuple[int, int], kind: str, **options: object) -> bytes:
    """Draw something with as much in it as a photo has: noise, blurred."""
    noise = Image.effect_noise((size[0] // 16, size[1] // 16), 60).resize(size, Image.Resampling.BILINEAR)
    return _encoded(Image.merge("RGB", [noise] * 3), kind, **options)


def _flat(size: tuple[int, int], kind: str, **options: object) -> bytes:
    return _encoded(Image.new("RGB", size, (30, 90, 160)), kind, **options)


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()
