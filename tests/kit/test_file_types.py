"""The one judge of files: what phones and offices make is taken, what is two things is not, and each refusal is true."""

import io
import random
import struct
import time
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.kit import file_types, office_parts, picture_layout
from portal.kit.file_refusals import (
    FileDamaged,
    FileEmpty,
    FileHoldsControls,
    FileHoldsProgram,
    FileIsLocked,
    FileIsTwoThings,
    FileNotWhatItSays,
    FileRefused,
    FileUnpacksTooLarge,
)
from tests.support import samples

MARKS = (b"<script>", b"<svg", b"<SVG xmlns", b"<?php ", b"<!DOCTYPE html>", b"<html>", b"%PDF-1.7", b"PK\x05\x06")


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def in_the_scan(mark: bytes, kind: str = "JPEG", **options) -> bytes:
    """A picture in whose compressed pixels a mark stands."""
    noise = Image.frombytes("RGB", (256, 256), random.Random(7).randbytes(256 * 256 * 3))
    data = bytearray(encoded(noise, kind, **options))
    middle = len(data) // 2
    data[middle : middle + len(mark)] = mark
    return bytes(data)


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def with_segment(marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment."""
    return samples.jpeg()[:2] + segment(marker, body) + samples.jpeg()[2:]


def with_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG with one more chunk before its end."""
    whole = samples.png()
    return whole[:-12] + struct.pack(">I", len(body)) + kind + body + b"\0\0\0\0" + whole[-12:]


FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + random.Random(3).randbytes(200_000)
TYPES = {
    each.key: each
    for each in (
        file_types.JPEG,
        file_types.PNG,
        file_types.WEBP,
        file_types.PDF,
        file_types.TEXT,
        file_types.CSV,
        file_types.DOCX,
        file_types.XLSX,
    )
}

INNOCENT = {
    **{f"pixels that spell {mark!r}": ("png", samples.png(mark)) for mark in MARKS},
    **{f"a photo in which {mark!r} stands by chance": ("jpg", in_the_scan(mark)) for mark in MARKS},
    **{f"a WebP in which {mark!r} stands by chance": ("webp", in_the_scan(mark, "WEBP")) for mark in MARKS},
    "a photo with a film behind it": ("jpg", samples.jpeg() + FILM),
    "a photo with a second one behind it": ("jpg", samples.jpeg() + samples.jpeg()),
    "a photo with what a phone notes behind it": ("jpg", samples.jpeg() + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1764\0SEFT"),
    "a photo with zeros behind it": ("jpg", samples.jpeg() + bytes(4096)),
    "a photo with fill bytes between its parts": ("jpg", samples.jpeg()[:2] + b"\xff\xff" + samples.jpeg()[2:]),
    "a photo in several passes": ("jpg", encoded(Image.effect_noise((64, 64), 90), "JPEG", progressive=True)),
    "a photo with what a program wrote about it": (
        "jpg",
        with_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<?xpacket?><x:xmpmeta/>"),
    ),
    "a picture with words in it": ("png", with_chunk(b"iTXt", "Comment\0\0\0\0\0Größe <42>".encode())),
    "a picture cut by a phone, with the rest of the old one behind": (
        "png",
        samples.png() + random.Random(5).randbytes(9000),
    ),
    "a WebP one byte short of its padding": (
        "webp",
        b"RIFF" + struct.pack("<I", 21) + b"WEBPVP8L" + struct.pack("<I", 9) + b"\x2f" + b"\0" * 8,
    ),
    "a PDF": ("pdf", samples.pdf()),
    "a PDF behind a line end": ("pdf", b"\r\n" + samples.pdf()),
    "a PDF behind a byte order mark": ("pdf", b"\xef\xbb\xbf" + samples.pdf()),
    "a PDF as it went to a printer": (
        "pdf",
        b"\x1b%-12345X@PJL\r\n@PJL ENTER LANGUAGE=PDF\r\n" + samples.pdf() + b"\x1b%-12345X\r\n",
    ),
    "a PDF with 4 kB of zeros behind it": ("pdf", samples.pdf() + bytes(4096)),
    "a PDF in which an archive's end stands by chance": (
        "pdf",
        samples.pdf()[:40] + b"PK\x05\x06" + b"\x11" * 40 + samples.pdf()[40:],
    ),
    "a text in UTF-8": ("txt", "Zuschnitt für Größe 42\r\n\tÄrmel".encode()),
    "a text that begins with an address": ("txt", b"<ada@example.com> wrote:\n"),
    "a text that begins with two capitals": ("txt", b"MZ-Nummer\n"),
    "a table in Chinese": ("csv", "款式,数量\r\nA1,40\r\n".encode("gbk")),
    "a table as Excel calls Unicode": ("txt", b"\xff\xfe" + "款式\t数量\r\n".encode("utf-16-le")),
    "a table with the mark by which DOS ended it": ("csv", b"a,b\r\n1,2\r\n\x1a"),
    "a document": ("docx", samples.office()),
    "a document of Word online": ("docx", samples.office("word/document2.xml")),
    "a table that writes its parts another way": ("xlsx", samples.office("xl/Workbook.xml", samples.TABLE)),
    "a table listed in other letters than it is named": (
        "xlsx",
        samples.office("xl/Workbook.xml", types=samples.content_types(("/xl/workbook.xml", samples.TABLE))),
    ),
    "a document whose list names types by ending": (
        "docx",
        samples.office(types=f'<Types><Default Extension="xml" ContentType="{samples.DOCUMENT}"/></Types>'.encode()),
    ),
    "a document in whose picture a mark stands by chance": ("docx", samples.office(word__media__a=in_the_scan(b"<script>"))),
    "a document with zeros behind it": ("docx", samples.office() + bytes(512)),
}


@pytest.mark.parametrize("case", INNOCENT)
def test_what_phones_and_offices_make_is_taken(case):
    key, data = INNOCENT[case]
    TYPES[key].check(data, name="x")


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]><Types/>'
MACROS = samples.content_types(
    ("/word/document.xml", samples.DOCUMENT), ("/word/other.bin", "application/vnd.ms-office.vbaProject")
)
WITH_MACROS = samples.DOCUMENT.replace(
    "openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled"
)

REFUSED = {
    "nothing": ("pdf", b"", FileEmpty),
    "a PNG named JPEG": ("jpg", samples.png(), FileNotWhatItSays),
    "a page named PDF": ("pdf", samples.HTML, FileNotWhatItSays),
    "a photo named PDF": ("pdf", samples.jpeg() + samples.pdf(), FileNotWhatItSays),
    "a photo without an end": ("jpg", samples.jpeg()[:-2], FileDamaged),
    "a photo whose segment reaches beyond it": ("jpg", samples.jpeg()[:4] + b"\xff\xff" + samples.jpeg()[6:], FileDamaged),
    "a picture without an end": ("png", samples.png()[:-12], FileDamaged),
    "a picture of nothing": ("png", samples.png().replace(b"IHDR\0\0\0\x01", b"IHDR\0\0\0\0"), FileDamaged),
    "half a WebP": ("webp", samples.webp()[:-3], FileDamaged),
    "half a PDF": ("pdf", samples.pdf()[:-8], FileDamaged),
    "half a document": ("docx", samples.office()[:-30], FileDamaged),
    "a page in a photo's comment": ("jpg", with_segment(0xFE, b"<ScRiPt>alert(1)</script>"), FileIsTwoThings),
    "a page in what a camera notes": ("jpg", with_segment(0xE1, b"Exif\0\0<html>"), FileIsTwoThings),
    "a page in a picture's words": ("png", with_chunk(b"tEXt", b"Comment\0<?php system(1);"), FileIsTwoThings),
    "a page behind a photo": ("jpg", samples.jpeg() + samples.HTML, FileIsTwoThings),
    "a page behind zeros behind a photo": ("jpg", samples.jpeg() + bytes(900) + samples.HTML, FileIsTwoThings),
    "a page at the end of a film": ("jpg", samples.jpeg() + FILM + samples.HTML, FileIsTwoThings),
    "a program behind a picture": ("png", samples.png() + b"\n#!/bin/sh\n", FileIsTwoThings),
    "an archive behind a film": ("jpg", samples.jpeg() + FILM + samples.archive(a=b"1"), FileIsTwoThings),
    "an archive with words behind it": ("png", samples.png() + samples.archive(a=b"1") + b"words", FileIsTwoThings),
    "another kind of archive behind a picture": ("webp", samples.webp() + b"Rar!\x1a\x07\x01\0", FileIsTwoThings),
    "a PDF behind a script": ("pdf", b"<script>1</script>" + samples.pdf(), FileIsTwoThings),
    "a PDF behind words and a script": ("pdf", b"words <script>1</script>" + samples.pdf(), FileIsTwoThings),
    "a PDF behind a program": ("pdf", b"#!/bin/sh\n" + samples.pdf(), FileIsTwoThings),
    "a PDF too far from the beginning": ("pdf", b"\n" * 1025 + samples.pdf(), FileNotWhatItSays),
    "an archive behind a PDF": ("pdf", samples.pdf() + samples.archive(a=b"1"), FileIsTwoThings),
    "a text that acts on a terminal": ("txt", b"hello \x1b]0;x\x07", FileHoldsControls),
    "a page in two bytes a character": ("txt", b"\xff\xfe" + "<script>".encode("utf-16-le"), FileNotWhatItSays),
    "half a text in two bytes a character": ("txt", b"\xff\xfe" + "Größe".encode("utf-16-le")[:-1], FileNotWhatItSays),
    "a file of an old office program": ("docx", COMPOUND, FileNotWhatItSays),
    "a document under a password": ("docx", COMPOUND + "EncryptedPackage".encode("utf-16-le"), FileIsLocked),
    "a table named document": ("docx", samples.office("xl/workbook.xml", samples.TABLE), FileNotWhatItSays),
    "a document without a list": ("docx", samples.archive(word=b"1"), FileNotWhatItSays),
    "a document whose list is none": ("docx", samples.office(types=b"<Types"), FileDamaged),
    "a document whose list declares entities": ("docx", samples.office(types=ENTITIES), FileDamaged),
    "a document whose list is a bomb": (
        "docx",
        samples.office(types=b" " * (office_parts.LARGEST_LIST + 1)),
        FileUnpacksTooLarge,
    ),
    "macros by their name": ("docx", samples.office(**{"word__VBAProject.bin": b"x"}), FileHoldsProgram),
    "macros by their content type": ("docx", samples.office(types=MACROS, word__other=b"x"), FileHoldsProgram),
    "a document made for macros": ("docx", samples.office(kind=WITH_MACROS), FileHoldsProgram),
    "a document with two parts of one name": ("docx", samples.office(WORD__DOCUMENT=b"1", word__document=b"2"), FileDamaged),
    "a document with words behind it": ("docx", samples.office() + b"words", FileIsTwoThings),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_for_the_true_reason(case):
    key, data, refusal = REFUSED[case]
    with pytest.raises(FileRefused) as raised:
        TYPES[key].check(data, name="x.y")
    assert (type(raised.value), raised.value.values) == (refusal, {"name": "x.y"})


def test_a_locked_archive_is_told_from_a_damaged_one():
    data = bytearray(samples.office())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = data.find(mark)
        while found >= 0:
            data[found + at] |= 1
            found = data.find(mark, found + 1)
    with pytest.raises(FileIsLocked):
        file_types.DOCX.check(bytes(data), name="x")


@pytest.mark.parametrize("noise", ["PNG", "JPEG", "WEBP"])
def test_noise_is_taken_whatever_stands_in_it(noise):
    draw = random.Random(11)
    for _each in range(20):
        pixels = Image.frombytes("RGB", (64, 64), draw.randbytes(64 * 64 * 3))
        file_types.PICTURES[noise].check(encoded(pixels, noise), name="x")


HOSTILE_SHAPES = {
    "fill bytes only": b"\xff\xd8\xff" + b"\xff" * 5_000_000 + b"\0",
    "restarts only": b"\xff\xd8\xff" + b"\xff\xd0" * 2_500_000,
    "empty segments only": b"\xff\xd8\xff" + b"\xff\xe0\0\2" * 1_250_000,
    "empty chunks only": samples.png()[:33] + b"\0\0\0\0teXt\0\0\0\0" * 400_000,
    "empty parts only": b"RIFF" + struct.pack("<I", 4 + 8 * 600_000) + b"WEBP" + b"EXIF\0\0\0\0" * 600_000,
    "ends of archives only": samples.jpeg() + b"PK\x05\x06" * 1_250_000,
    "openings of tags only": samples.jpeg() + b"<svg " + b" " * 5_000_000,
}


@pytest.mark.parametrize("case", HOSTILE_SHAPES)
def test_no_shape_of_a_file_takes_long_to_judge(case):
    data = HOSTILE_SHAPES[case]
    kind = file_types.PICTURES[picture_layout.kind_of(data)]
    began = time.process_time()
    try:
        kind.check(data, name="x")
    except FileRefused:
        pass
    assert time.process_time() - began < 1


@given(st.sampled_from(sorted(TYPES)), st.data())
def test_whatever_bytes_come_are_taken_or_refused(key, draw):
    start = draw.draw(st.sampled_from([b"", *(data[:200] for _key, data in INNOCENT.values())]))
    try:
        TYPES[key].check(start + draw.draw(st.binary(max_size=200)), name="x")
    except FileRefused:
        pass


@given(st.sampled_from(["photo", "picture", "webp", "office"]), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_file_with_some_bytes_changed_is_taken_or_refused(case, at, change):
    key, data = {
        "photo": ("jpg", encoded(Image.new("RGB", (8, 8)), "JPEG")),
        "picture": ("png", samples.png()),
        "webp": ("webp", samples.webp()),
        "office": ("docx", samples.office()),
    }[case]
    at %= len(data)
    try:
        TYPES[key].check(data[:at] + change + data[at + len(change) :], name="x")
    except FileRefused:
        pass


def test_what_an_archive_unpacks_to_is_judged_before_it_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", samples.content_types())
        archive.writestr("word/media", bytes(office_parts.LARGEST_UNPACKED))
    began = time.process_time()
    with pytest.raises(FileUnpacksTooLarge):
        file_types.DOCX.check(stream.getvalue(), name="x")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})],
)
def test_a_layout_tells_the_true_size_and_end(kind, options):
    data = encoded(Image.new("RGB", (123, 45)), kind, **options)
    layout = picture_layout.read(data + b"more")
    assert (layout.kind, layout.width, layout.height, layout.end) == (kind, 123, 45, len(data))


def test_a_canvas_counts_as_well_as_what_is_drawn_on_it():
    alpha = encoded(Image.new("RGBA", (123, 45), (1, 2, 3, 4)), "WEBP")
    assert picture_layout.read(alpha).pixels == 123 * 45


@pytest.mark.parametrize(("subsampling", "bytes_a_pixel"), [(0, 6), (2, 3)])
def test_a_photo_in_several_passes_tells_what_its_decoder_must_hold(subsampling, bytes_a_pixel):
    noise = Image.effect_noise((64, 64), 80).convert("RGB")
    many = picture_layout.read(encoded(noise, "JPEG", progressive=True, subsampling=subsampling))
    one = picture_layout.read(encoded(noise, "JPEG", subsampling=subsampling))
    assert (many.coefficients, one.coefficients) == (64 * 64 * bytes_a_pixel, 0)
