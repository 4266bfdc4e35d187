"""Files sealed in chunks: any part of one can be read by itself, and a chunk that was changed, moved or cut off is seen.

As STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) with AES-256-GCM: each chunk is bound to its number, and the last one to
being the last. The key comes of a secret, of a salt drawn for this very file and of what the file is for. Each chunk's nonce
is drawn, and stands before it: one that is written again after a process was killed repeats none.
"""

import io
import os
import secrets
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.kit.keys import TAG, CannotOpen

CHUNK = 64 * 1024
MARK = b"3CCSEAL2"
"""How a sealed file begins."""
SALT = 16
HEAD = len(MARK) + SALT
NONCE = 12
STORED = NONCE + CHUNK + TAG
"""How long a chunk is on the disk."""
SECRET = 32


def new_secret() -> bytes:
    """Return a new secret for a file."""
    return secrets.token_bytes(SECRET)


class _Chunks:
    """The seal of one file."""

    def __init__(self, secret: bytes, salt: bytes, context: bytes) -> None:
        info = b"portal.sealed_file\0" + context
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(secret))

    def seal(self, number: int, plain: bytes, *, is_last: bool) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, _bound(number, is_last=is_last))

    def open(self, number: int, stored: bytes, *, is_last: bool) -> bytes:
        try:
            return self._cipher.decrypt(stored[:NONCE], stored[NONCE:], _bound(number, is_last=is_last))
        except (InvalidTag, ValueError) as error:
            raise CannotOpen from error


def _bound(number: int, *, is_last: bool) -> bytes:
    return MARK + number.to_bytes(8) + bytes([is_last])


class Sealer:
    """Seals a file piece by piece. Another one goes on where this one stands: with its salt, its number and what waits."""

    def __init__(self, *, secret: bytes, context: bytes, salt: bytes = b"", number: int = 0, waiting: bytes = b"") -> None:
        self.salt, self.number, self.waiting = salt or os.urandom(SALT), number, bytearray(waiting)
        self._chunks = _Chunks(secret, self.salt, context)

    @property
    def head(self) -> bytes:
        """What stands before the first chunk."""
        return MARK + self.salt

    def take(self, part: bytes) -> Iterator[bytes]:
        """Yield the chunks that this part completes."""
        self.waiting += part
        # What is left at the end is the last chunk, so one always waits.
        while len(self.waiting) > CHUNK:
            yield self._chunks.seal(self.number, bytes(self.waiting[:CHUNK]), is_last=False)
            del self.waiting[:CHUNK]
            self.number += 1

    def finish(self) -> bytes:
        """Return the last chunk."""
        return self._chunks.seal(self.number, bytes(self.waiting), is_last=True)


def sealed(parts: Iterable[bytes], *, secret: bytes, context: bytes) -> Iterator[bytes]:
    """Yield a file, given in parts, as sealed bytes. What it is for, `context`, must be given again to read it."""
    sealer = Sealer(secret=secret, context=context)
    yield sealer.head
    for part in parts:
        yield from sealer.take(part)
    yield sealer.finish()


def is_sealed(stream: BinaryIO) -> bool:
    """Tell whether a stored file begins as a sealed one does."""
    stream.seek(0)
    return stream.read(len(MARK)) == MARK


class SealedFile(io.RawIOBase):
    """A sealed file as what it holds, read from any place. Raises CannotOpen for another secret, and for any change.

    Its end is looked at first: one that was cut off or lengthened does not open at all.
    """

    def __init__(self, stream: BinaryIO, *, secret: bytes, context: bytes) -> None:
        super().__init__()
        self._stream, self._place = stream, 0
        body = stream.seek(0, io.SEEK_END) - HEAD
        self._count = max(-(-body // STORED), 1)
        self.size = body - self._count * (NONCE + TAG)
        """How many bytes it holds."""
        stream.seek(0)
        mark, salt = stream.read(len(MARK)), stream.read(SALT)
        if mark != MARK or self.size < 0:
            raise CannotOpen
        self._chunks = _Chunks(secret, salt, context)
        self._held = (-1, b"")
        self._chunk(self._count - 1)

    def readable(self) -> bool:
        """It is read."""
        return True

    def seekable(self) -> bool:
        """From any place."""
        return True

    def tell(self) -> int:
        """Return the place from which is read next."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._place = max(offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence], 0)
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Read on, at most to the end of a chunk."""
        if self._place >= self.size:
            return 0
        number, within = divmod(self._place, CHUNK)
        read = self._chunk(number)[within : within + len(buffer)]
        buffer[: len(read)] = read
        self._place += len(read)
        return len(read)

    def close(self) -> None:
        """Close the file beneath too."""
        self._stream.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._stream.seek(HEAD + number * STORED)
            stored = self._stream.read(STORED)
            self._held = (number, self._chunks.open(number, stored, is_last=number == self._count - 1))
        return self._held[1]
