"""Pictures as phones, cameras and screens make them become a small square; the decoder works alone, in bounded memory."""

import io
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from portal.kit import picture_process, pictures
from portal.kit.file_refusals import FileDamaged
from portal.kit.refusals import Busy
from portal.kit.unit import unit_of_work
from tests.support import samples

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 200, 30)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(width=400, height=200) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


JPEG = encoded(halves(), "JPEG")


def draw(app, data: bytes = JPEG, name: str = "me.jpg") -> bytes:
    with app.app_context(), unit_of_work(write=False):
        return pictures.small_square(data, name=name)


@pytest.fixture
def app(apps):
    return apps("sqlite")


@pytest.fixture
def square(app):
    """Draw a picture and look at what came of it."""
    return lambda data, name="me.jpg": Image.open(io.BytesIO(draw(app, data, name)))


def near(pixel, colour) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(pixel[:3], colour, strict=True))


def is_halves(image: Image.Image) -> bool:
    return near(image.getpixel((20, 128)), RED) and near(image.getpixel((236, 128)), BLUE)


def photo(width: int, height: int, **options) -> bytes:
    """A large photo, red on the left."""
    return encoded(halves(width, height), "JPEG", quality=20, **options)


def in_passes(width: int, height: int) -> bytes:
    """A photo of which each colour is stored whole, in several passes."""
    return photo(width, height, progressive=True, subsampling=0)


LARGE = {
    "fifty million pixels from a phone": ("me.jpg", lambda: photo(8192, 6144)),
    "twenty-five million pixels in passes": ("me.jpg", lambda: in_passes(6000, 4160)),
    "fifty million pixels in passes": ("me.jpg", lambda: photo(8192, 6144, progressive=True)),
    "thirteen million pixels of a screenshot": ("me.png", lambda: encoded(halves(4208, 3120), "PNG")),
    "thirteen million pixels that let light through": ("me.png", lambda: encoded(halves(4208, 3120).convert("RGBA"), "PNG")),
    "a screen of four thousand lines": ("me.webp", lambda: encoded(halves(3840, 2160), "WEBP", lossless=True, method=0)),
    "a very wide WebP": ("me.webp", lambda: encoded(halves(16_000, 520), "WEBP", method=0)),
}


@pytest.mark.parametrize("case", LARGE)
def test_what_phones_and_screens_make_is_taken_at_its_full_size(square, case):
    name, make = LARGE[case]
    assert is_halves(square(make(), name))


def with_block(marker: int, body: bytes) -> bytes:
    return JPEG[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + JPEG[2:]


COUNTS_TWO = b"II*\0\x08\0\0\0" + struct.pack("<H", 1) + struct.pack("<HHII", 0xB001, 4, 1, 2) + bytes(4)
ONE_TABLE = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 1)
HAS_ONE = b"II*\0\x08\0\0\0" + struct.pack("<H", 3) + ONE_TABLE + struct.pack("<HHII", 0xB002, 7, 16, 50) + bytes(20)
INNOCENT = {
    "a phone that counts two photos and lists none": with_block(0xE2, b"MPF\0" + COUNTS_TWO),
    "a phone that lists one photo": with_block(0xE2, b"MPF\0" + HAS_ONE),
    "a camera whose notes are broken": with_block(0xE1, b"Exif\0\0" + b"II*\0\xff\xff\xff\x7f" + bytes(20)),
    "a camera whose notes are none": with_block(0xE1, b"Exif\0\0 none"),
    "a film behind the photo": JPEG + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 400,
}


@pytest.mark.parametrize("case", INNOCENT)
def test_a_photo_as_phones_write_it_is_taken(square, case):
    assert is_halves(square(INNOCENT[case]))


@pytest.mark.parametrize("mark", [b"<svg", b"<?php ", b"<script>", b"<html>", b"%PDF-1.7"])
def test_what_stands_in_the_pixels_by_chance_hides_nothing(square, mark):
    data = samples.png(mark)
    assert mark in data
    assert square(data, "me.png").size == (256, 256)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_drawn(square, mode):
    grey = Image.new("L", (1100, 900), 128)
    made = Image.new(mode, grey.size, 128 << 8) if mode == "I;16" else grey.convert(mode)
    image = square(encoded(made, "PNG"), "me.png")
    assert image.size == (256, 256)
    assert mode == "1" or near(image.convert("RGB").getpixel((128, 128)), (128, 128, 128))


@pytest.mark.parametrize("held", range(1, 9))
def test_a_photo_is_put_upright_however_the_camera_was_held(square, held):
    upright = halves(400, 400)
    upright.paste(GREEN, (0, 0, 200, 200))
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[held]
    exif = Image.Exif()
    exif[0x0112] = held
    lying = upright if undo is None else upright.transpose(Image.Transpose(undo))
    image = square(encoded(lying, "JPEG", exif=exif))
    found = [image.getpixel(at)[:3] for at in ((40, 40), (40, 216), (216, 128))]
    assert all(near(pixel, colour) for pixel, colour in zip(found, [GREEN, RED, BLUE], strict=True))


def test_the_decoder_works_alone_and_within_limits(app, monkeypatch, tmp_path):
    source = Path(picture_process.__file__).read_text()
    assert "from portal" not in source and "import portal" not in source
    greedy = tmp_path / "greedy.py"
    greedy.write_text(source.replace("drawn = _draw(", "b'x' * (190 << 20); drawn = _draw("))
    monkeypatch.setattr(pictures, "DECODER", greedy)
    with app.app_context(), unit_of_work(write=False), pytest.raises(FileDamaged):
        pictures.small_square(JPEG, name="me.jpg")


SLOW_DECODER = """
import sys, time
open({log!r}, "a").write("begins\\n")
sys.stdin.buffer.read()
time.sleep(0.3)
open({log!r}, "a").write("ends\\n")
sys.stdout.buffer.write(b"drawn")
"""


@pytest.fixture
def slow_decoder(monkeypatch, tmp_path):
    """A decoder that takes its time: where it writes down when it begins and ends."""
    log, decoder = tmp_path / "log", tmp_path / "decoder.py"
    decoder.write_text(SLOW_DECODER.format(log=str(log)))
    monkeypatch.setattr(pictures, "DECODER", decoder)
    return log


def test_one_picture_is_drawn_at_a_time(app, slow_decoder):
    with ThreadPoolExecutor(4) as crowd:
        assert list(crowd.map(lambda _number: draw(app), range(4))) == [b"drawn"] * 4
    assert slow_decoder.read_text().split() == ["begins", "ends"] * 4


HOLD_THE_LOCK = """
import fcntl, sys
file = open(sys.argv[1], "rb")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
input()
"""


@contextmanager
def drawing_elsewhere() -> Iterator[None]:
    """Another process of this machine draws a picture, as far as anybody can tell."""
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(pictures.DECODER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as elsewhere:
        assert elsewhere.stdout.readline() == b"held\n"
        yield
        elsewhere.communicate(b"\n")


def test_it_is_one_at_a_time_on_the_whole_machine(app, slow_decoder, monkeypatch):
    with drawing_elsewhere(), monkeypatch.context() as impatient:
        impatient.setattr(pictures, "PATIENCE_SECONDS", 0.2)
        with pytest.raises(Busy):
            draw(app)
    assert draw(app) == b"drawn"


def test_of_those_who_wait_only_some_hold_a_thread(app, slow_decoder):
    with ThreadPoolExecutor(12) as crowd:
        with drawing_elsewhere():
            tries = [crowd.submit(draw, app) for _each in range(12)]
            gone = [done.exception() for _each, done in zip(range(4), as_completed(tries), strict=False)]
        assert [type(each) for each in gone] == [Busy] * 4
        assert sum(each.exception() is None for each in tries) == 8
