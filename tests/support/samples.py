"""Files as customers and attackers send them, small and made on the spot."""

import io
import struct
import zipfile
import zlib

from portal.kit.accepted_files import Upload


def png(spelled: bytes = b"\xff\xff\xff") -> bytes:
    """A picture of a few dots, whose colours, stored as they are, may spell a word."""
    spelled += b"\0" * (-len(spelled) % 3)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(spelled) // 3, 1, 8, 2, 0, 0, 0)
    dot = zlib.compress(b"\0" + spelled, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dot) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    """The outline of a photo of one dot."""
    frame = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x11" * 40
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + frame + scan + b"\xff\xd9"


def webp() -> bytes:
    """The outline of a WebP picture."""
    body = b"WEBPVP8L" + struct.pack("<I", 8) + b"\x2f" + b"\0" * 7
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf() -> bytes:
    """The outline of a PDF."""
    return b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def content_types(*overrides: tuple[str, str]) -> bytes:
    """The list that an office file has of its parts, each with its content type."""
    listed = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    ).encode()


def office(main: str = "word/document.xml", kind: str = DOCUMENT, types: bytes | None = None, **further: bytes) -> bytes:
    """An office file with `main` and further parts; a `__` in a name stands for a slash."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types or content_types((f"/{main}", kind)))
        archive.writestr(main, "<document/>")
        for name, data in further.items():
            archive.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


def archive(**parts: bytes) -> bytes:
    """A plain archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return stream.getvalue()


HTML = b"<!DOCTYPE html><html><body><script>alert(document.domain)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def upload(name: str, data: bytes) -> Upload:
    """Return a file as a form hands it on."""
    return Upload(name, len(data), io.BytesIO(data))


def chosen(*files: tuple[str, bytes]) -> list[tuple[io.BytesIO, str]]:
    """Return files as the test client sends them."""
    return [(io.BytesIO(data), name) for name, data in files]
