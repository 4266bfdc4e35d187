"""Draws a small square picture from an uploaded one, in a process of its own with hard limits (v5.0.0-15.2.5).

A decoder of foreign bytes is where memory goes wrong: here it has no database, no keys, no network use, no files to write,
bounded memory and bounded time. It reads the picture from standard input and writes WebP to standard output; its exit
status says why not. It imports nothing of the portal, so that it starts fast and knows nothing.
"""

import io
import os
import resource
import sys
import warnings

from PIL import Image

SIDE = 256
MOST_MEMORY = 200 << 20
"""Bytes of address space. Of them 15 MB are the interpreter; a WebP of 8.5 million pixels takes the rest."""
MOST_PIXELS = 51_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MOVES, BROKEN = 4, 5
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What puts a photo upright, by how the camera was held (EXIF 2.32, tag 0112)."""
_STEP_BACK = 10
_BAND_PIXELS = 1 << 20


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, 10),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):
            # macOS knows no limit on address space; there the others and the parent's patience must do.
            continue
    # Whoever waits for a page does not wait for a picture.
    os.nice(_STEP_BACK)


def _draw(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        # A telephone's JPEG may hold a second picture behind the first (MPO); that is no animation.
        if getattr(picture, "is_animated", False) and picture.format != "MPO":
            sys.exit(MOVES)
        square = _centre(picture).resize((SIDE, SIDE), resample=Image.Resampling.LANCZOS)
        turned = _UPRIGHT.get(_orientation(picture))
    if turned is not None:
        square = square.transpose(turned)
    # Built anew from bare pixels, so that no metadata, profile or comment can come along (v5.0.0-14.2.8).
    bare = Image.frombytes(square.mode, square.size, square.tobytes())
    drawn = io.BytesIO()
    bare.save(drawn, "WEBP", quality=86)
    return drawn.getvalue()


def _centre(picture: Image.Image) -> Image.Image:
    """Return the square at the centre, with sides of 512 to 1023 where it has them. The whole stands in memory once."""
    # The JPEG decoder can scale while it reads: a photo of 50 million pixels then never stands in memory whole.
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    by = max(1, min(picture.size) // (2 * SIDE))
    side = min(picture.size) // by
    left, top = ((length - side * by) // 2 for length in picture.size)
    lines = max(1, _BAND_PIXELS // (side * by * by))
    square = Image.new("RGBA" if picture.has_transparency_data else "RGB", (side, side))
    for line in range(0, side, lines):
        band = (left, top + line * by, left + side * by, top + min(line + lines, side) * by)
        square.paste(_in_colour(picture.crop(band), square.mode).reduce(by), (0, line))
    return square


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(0x0112, 1))
    except Exception:
        # What a camera wrote about a photo may be broken while the photo is not.
        return 1


def _in_colour(picture: Image.Image, mode: str) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel would be cut off at white; they are scaled instead.
        return picture.convert("I").point(lambda value: value / 256).convert("RGB")
    return picture.convert(mode)


def main() -> None:
    """Draw; any failure of the decoder is a broken picture, never a traceback with its bytes."""
    _limit()
    # How many pixels are too many is judged before, for each format by itself; this is for what lies about its size. No
    # other warning counts: the library reads what phones write, and warns.
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        drawn = _draw(sys.stdin.buffer.read())
    except Exception:
        sys.exit(BROKEN)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
