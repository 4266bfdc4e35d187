"""A photo: only a small square drawn anew is kept; what is no photo, or more than one, is refused with its reason (P03)."""

import fcntl
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from portal.kit import picture_process, pictures
from portal.kit.files import storage

PATH = "/settings/avatar"
PHOTO = "/settings/avatar/photo"
RED, BLUE = (200, 30, 30), (30, 30, 200)


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
PNG = encoded(halves(), "PNG")


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def put(browser, data: bytes, name="me.jpg"):
    return browser.submit(PATH, photo=(io.BytesIO(data), name))


def shown(browser) -> Image.Image:
    answer = browser.client.get(PHOTO)
    assert answer.status_code == 200
    return Image.open(io.BytesIO(answer.data))


def near(pixel, colour) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(pixel[:3], colour, strict=True))


def stored(app) -> list[str]:
    with app.app_context():
        return list(storage().keys("avatar"))


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "me.jpg"), ("JPEG", "ME.JPEG"), ("PNG", "me.png"), ("WEBP", "me.html.webp")]
)
def test_a_photo_becomes_a_small_square(ada, kind, name):
    page = put(ada, encoded(halves(), kind), name)
    assert "Photo updated." in page.text
    assert page.soup.find("img", class_="avatar")["src"].startswith(PHOTO)
    image = shown(ada)
    assert (image.format, image.size) == ("WEBP", (256, 256))
    assert near(image.getpixel((20, 128)), RED) and near(image.getpixel((236, 128)), BLUE), "cut at the centre"


def test_without_a_photo_there_are_initials(ada):
    page = ada.page(PATH)
    assert page.soup.find("main").find("svg", class_="avatar").get_text() == "AT"
    assert ada.client.get(PHOTO).status_code == 404


def test_a_photo_on_its_side_is_put_upright(ada):
    exif = Image.Exif()
    exif[0x0112] = 6
    put(ada, encoded(halves(400, 400), "JPEG", exif=exif))
    image = shown(ada)
    assert near(image.getpixel((128, 20)), RED) and near(image.getpixel((128, 236)), BLUE)


def test_place_time_and_camera_are_gone(app, ada):
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x9003] = "2026:11:23 09:30:00"
    exif.get_ifd(0x8825)[1] = "S"
    exif.get_ifd(0x8825)[2] = (37.0, 48.0, 50.0)
    data = encoded(halves(), "JPEG", exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile" * 20)
    assert b"SecretCamera" in data
    put(ada, data)
    image = shown(ada)
    assert not image.getexif() and set(image.info) <= {"loop", "background", "timestamp", "duration"}
    with app.app_context():
        for path in Path(storage().folder).rglob("*"):
            assert not path.is_file() or not {b"Secret", b"Exif", b"GPS"} & {
                mark for mark in (b"Secret", b"Exif", b"GPS") if mark in path.read_bytes()
            }, path


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side: int) -> bytes:
    """A PNG of a few bytes that would unpack to side x side pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def photo(width: int, height: int, **options) -> bytes:
    """A large photo, red on the left."""
    return encoded(halves(width, height), "JPEG", quality=20, **options)


def in_passes(width: int, height: int) -> bytes:
    """A photo of which each colour is stored whole, in several passes."""
    return photo(width, height, progressive=True, subsampling=0)


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def with_archive(data: bytes) -> bytes:
    out = io.BytesIO(data)
    out.seek(0, io.SEEK_END)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.py", "print('hello')")
    return out.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "an SVG": (SVG, "me.svg", "SVG files can contain programs"),
    "an SVG under another name": (SVG, "me.png", "SVG files can contain programs"),
    "a GIF": (encoded(halves(), "GIF"), "me.gif", "animated images"),
    "a GIF that is a script": (b"GIF89a/*" + b"x" * 50 + b"*/=alert(1)", "me.jpg", "animated images"),
    "a moving PNG": (animation("PNG"), "me.png", "animated images"),
    "a moving WebP": (animation("WEBP"), "me.webp", "animated images"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "me.png", "can’t read this as a photo"),
    "a PDF": (b"%PDF-1.7 " + JPEG, "me.jpg", "can’t read this as a photo"),
    "a HEIC, as a phone keeps it": (b"\0\0\0\x18ftypheic" + bytes(40), "me.jpg", "HEIC or AVIF"),
    "a TIFF": (encoded(halves(), "TIFF"), "me.jpg", "can’t read this as a photo"),
    "nothing": (b"", "me.jpg", "can’t read this as a photo"),
    "a photo that is a page": (JPEG + b"<html><script>alert(1)</script>", "me.jpg", "hidden in this file"),
    "a photo with a page in its comment": (
        encoded(halves(), "JPEG", comment=b"<ScRiPt>alert(1)</script>"),
        "me.jpg",
        "hidden in this file",
    ),
    "a photo that is a program": (PNG + b"<?php system($_GET[0]);", "me.png", "hidden in this file"),
    "a photo that is an archive": (with_archive(PNG), "me.png", "hidden in this file"),
    "a PNG named JPEG": (PNG, "me.jpg", "ending doesn’t match what’s in it"),
    "a JPEG named page": (JPEG, "me.jpg.html", "ending doesn’t match what’s in it"),
    "a JPEG without an ending": (JPEG, "me", "ending doesn’t match what’s in it"),
    "half a photo": (JPEG[: len(JPEG) // 2], "me.jpg", "damaged or incomplete"),
    "a head without a body": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "me.png", "damaged or incomplete"),
    "too many bytes": (JPEG + b"\0" * pictures.MOST_BYTES, "me.jpg", "too large"),
    "too many pixels": (bomb(50_000), "me.png", "too many pixels"),
    "a little too many pixels": (bomb(3700), "me.png", "at most 13 million"),
    "a WebP that would need 790 MB": (
        lambda: encoded(Image.new("RGB", (6324, 6324)), "WEBP", lossless=True),
        "me.webp",
        "most 8 mil",
    ),
    "a JPEG of more than fifty million": (lambda: photo(8700, 6000), "me.jpg", "at most 51 million"),
    "a JPEG in passes that need 300 MB": (lambda: in_passes(8660, 5773), "me.jpg", "at most 25 million"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(app, ada, case):
    data, name, reason = REFUSED[case]
    page = put(ada, data() if callable(data) else data, name)
    assert page.status == 422
    assert reason in page.text
    assert stored(app) == []
    assert ada.client.get(PHOTO).status_code == 404


def test_a_telephones_double_jpeg_is_taken(ada):
    put(ada, encoded(halves(), "MPO", save_all=True, append_images=[halves()]))
    assert shown(ada).size == (256, 256)


def test_trying_photos_is_limited(ada):
    for _try in range(30):
        assert put(ada, b"no photo").status == 422
    assert put(ada, JPEG).status == 429


def test_a_request_beyond_every_measure_is_cut_off(ada):
    assert put(ada, b"\0" * (13 * 1024 * 1024)).status == 413


def test_no_file_is_said_so(ada):
    page = ada.submit(PATH)
    assert page.status == 422
    assert "Choose a file." in page.text


def test_a_new_photo_takes_the_place_of_the_old_and_the_old_file_goes(app, ada):
    put(ada, JPEG)
    first = stored(app)
    put(ada, PNG, "me.png")
    assert len(stored(app)) == 1 and stored(app) != first


def test_it_is_deleted_with_one_press(app, ada):
    put(ada, JPEG)
    page = ada.submit(PATH, action="/settings/avatar/remove")
    assert "Photo deleted." in page.text
    assert stored(app) == []
    assert ada.client.get(PHOTO).status_code == 404


def test_a_photo_is_shown_to_its_own_person_only(ada, client, cast):
    put(ada, JPEG)
    ben = cast.sign_in(cast.ben)
    assert ben.client.get(PHOTO).status_code == 404
    assert client.client.get(PHOTO).status_code == 303


def test_the_photo_can_run_nothing_and_stays_private(ada):
    put(ada, JPEG)
    headers = ada.client.get(PHOTO).headers
    assert headers["Content-Type"] == "image/webp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_name_of_the_file_becomes_no_path(app, ada):
    for name in ("../../../etc/passwd.jpg", "/etc/x.jpg", "a\x00.jpg", "CON.jpg", "x" * 5000 + ".jpg", "\u202egpj.jpg"):
        assert put(ada, JPEG, name).status == 200
    with app.app_context():
        assert {path.parent.parent.name for path in Path(storage().folder).rglob("*") if path.is_file()} == {"avatar"}


def test_whoever_must_come_back_is_told_when(ada, monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE_SECONDS", 0)
    token = ada.page(PATH).fields()["csrf_token"]
    with Path(picture_process.__file__).open("rb") as drawing_elsewhere:
        fcntl.flock(drawing_elsewhere, fcntl.LOCK_EX)
        answer = ada.client.post(PATH, data={"photo": (io.BytesIO(JPEG), "me.jpg"), "csrf_token": token})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "very busy right now" in answer.text
