"""Draws a small square picture from an uploaded one, in a process of its own with hard limits (v5.0.0-15.2.5).

A decoder of foreign bytes is where memory goes wrong: here it has no database, no keys, no network use, no files to write,
bounded memory and bounded time. It reads the picture from standard input and writes WebP to standard output; its exit
status says why not. It imports nothing of the portal, so that it starts fast and knows nothing.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

SIDE = 256
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP")

TOO_MANY_PIXELS, MOVES, BROKEN = 3, 4, 5


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, 1 << 30),
        (resource.RLIMIT_CPU, 10),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            # macOS knows no limit on address space; there the others and the parent's patience must do.
            continue


def _draw(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            sys.exit(TOO_MANY_PIXELS)
        # A telephone's JPEG may hold a second picture behind the first (MPO); that is no animation.
        if getattr(picture, "is_animated", False) and picture.format != "MPO":
            sys.exit(MOVES)
        # The JPEG decoder can scale while it reads: a photo of 40 million pixels then never stands in memory whole.
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(picture)
    square = ImageOps.fit(_plain(upright), (SIDE, SIDE), method=Image.Resampling.LANCZOS)
    # Built anew from bare pixels, so that no metadata, profile or comment can come along (v5.0.0-14.2.8).
    bare = Image.frombytes(square.mode, square.size, square.tobytes())
    drawn = io.BytesIO()
    bare.save(drawn, "WEBP", quality=86)
    return drawn.getvalue()


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel would be cut off at white; they are scaled instead.
        return picture.convert("I").point(lambda value: value / 256).convert("RGB")
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def main() -> None:
    """Draw; any failure of the decoder is a broken picture, never a traceback with its bytes."""
    _limit()
    warnings.simplefilter("error")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        drawn = _draw(sys.stdin.buffer.read())
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        sys.exit(TOO_MANY_PIXELS)
    except Exception:
        sys.exit(BROKEN)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
