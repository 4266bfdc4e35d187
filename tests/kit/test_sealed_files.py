"""Files sealed in chunks: read from any place, and nothing can be changed, moved, cut off or put on unseen."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.keys import CannotOpen
from portal.kit.sealed_files import CHUNK, HEAD, STORED, SealedFile, Sealer, is_sealed, new_secret, sealed

SECRET, CONTEXT = b"s" * 32, b"copy"


def sealed_bytes(plain: bytes, *, secret: bytes = SECRET) -> bytes:
    """Return what stands on the disk."""
    return b"".join(sealed([plain[:100], plain[100:]], secret=secret, context=CONTEXT))


def opened(stored: bytes, *, secret: bytes = SECRET, context: bytes = CONTEXT) -> SealedFile:
    return SealedFile(io.BytesIO(stored), secret=secret, context=context)


def of_chunks(count: int) -> bytes:
    """Return bytes that fill so many chunks, each with others."""
    return b"".join(bytes([number]) * CHUNK for number in range(count))


@pytest.mark.parametrize("size", [0, 1, 99, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_is_read_again(size):
    plain = bytes(number % 251 for number in range(size))
    file = opened(sealed_bytes(plain))
    assert (file.size, file.read()) == (size, plain)
    assert file.read() == b""


@given(size=st.integers(0, 3 * CHUNK), start=st.integers(0, 4 * CHUNK), length=st.integers(0, 2 * CHUNK))
def test_any_part_is_read_by_itself(size, start, length):
    plain = bytes(number % 253 for number in range(size))
    file = io.BufferedReader(opened(sealed_bytes(plain)))
    file.seek(start)
    assert file.read(length) == plain[start : start + length]


def test_nothing_of_it_can_be_read_from_the_disk_and_twice_the_same_is_not_the_same():
    plain = b"findme" * 1000
    one, other = sealed_bytes(plain), sealed_bytes(plain)
    assert b"findme" not in one
    assert one[HEAD:] != other[HEAD:]
    assert is_sealed(io.BytesIO(one)) and not is_sealed(io.BytesIO(plain))


@pytest.mark.parametrize("wrong", [{"secret": b"t" * 32}, {"context": b"other"}, {"secret": new_secret()}])
def test_another_secret_or_another_use_opens_nothing(wrong):
    with pytest.raises(CannotOpen):
        opened(sealed_bytes(b"x"), **wrong)


def chunks(stored: bytes) -> list[bytes]:
    body = stored[HEAD:]
    return [body[start : start + STORED] for start in range(0, len(body), STORED)]


TAMPERED = {
    "two chunks change places": lambda head, parts: [head, parts[1], parts[0], *parts[2:]],
    "a chunk comes twice": lambda head, parts: [head, parts[0], parts[0], *parts[2:]],
    "a chunk is missing in the middle": lambda head, parts: [head, parts[0], *parts[2:]],
    "the last one is missing": lambda head, parts: [head, *parts[:-1]],
    "the last one is cut": lambda head, parts: [head, *parts[:-1], parts[-1][:-1]],
    "something is put on": lambda head, parts: [head, *parts, b"x" * 17],
    "the last one comes twice": lambda head, parts: [head, *parts, parts[-1]],
    "a bit is changed in the first": lambda head, parts: [head, bytes([parts[0][0] ^ 1]) + parts[0][1:], *parts[1:]],
    "a bit is changed in the salt": lambda head, parts: [head[:-1] + bytes([head[-1] ^ 1]), *parts],
    "nothing but the head is left": lambda head, parts: [head],
    "half the head is left": lambda head, parts: [head[:9]],
    "nothing is left": lambda head, parts: [],
}


@pytest.mark.parametrize("how", TAMPERED)
@pytest.mark.parametrize("tail", [b"", b"tail"])
def test_whatever_is_changed_is_seen(how, tail):
    stored = sealed_bytes(of_chunks(3) + tail)
    changed = b"".join(TAMPERED[how](stored[:HEAD], chunks(stored)))
    with pytest.raises(CannotOpen):
        opened(changed).read()


def test_a_file_that_was_cut_off_does_not_open_even_for_its_first_part():
    stored = sealed_bytes(of_chunks(3))
    for left in range(1, 3):
        with pytest.raises(CannotOpen):
            opened(stored[: HEAD + left * STORED])


def test_a_chunk_of_another_file_under_the_same_secret_is_refused():
    one, other = sealed_bytes(of_chunks(3)), sealed_bytes(of_chunks(3))
    mixed = one[: HEAD + STORED] + other[HEAD + STORED : HEAD + 2 * STORED] + one[HEAD + 2 * STORED :]
    with pytest.raises(CannotOpen):
        opened(mixed).read()


def test_it_is_read_chunk_by_chunk():
    file = opened(sealed_bytes(of_chunks(4)))
    buffer = bytearray(10 * CHUNK)
    assert file.readinto(buffer) == CHUNK
    assert file.tell() == CHUNK and file.seekable() and file.readable()
    assert file.seek(-1, io.SEEK_END) == 4 * CHUNK - 1
    assert file.seek(1, io.SEEK_CUR) == 4 * CHUNK


def test_closing_it_closes_what_is_beneath():
    stream = io.BytesIO(sealed_bytes(b"x"))
    SealedFile(stream, secret=SECRET, context=CONTEXT).close()
    assert stream.closed


@pytest.mark.parametrize("size", [0, 7, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_another_one_goes_on_where_one_was_killed_and_repeats_no_nonce(size):
    plain = bytes(number % 247 for number in range(size))
    one = Sealer(secret=SECRET, context=CONTEXT)
    stored = one.head + b"".join(one.take(plain))
    at, waiting = one.number, bytes(one.waiting)
    lost = b"".join(one.take(plain + b"x" * CHUNK))
    other = Sealer(secret=SECRET, context=CONTEXT, salt=one.salt, number=at, waiting=waiting)
    further = b"".join(other.take(plain)) + other.finish()
    assert opened(stored + further).read() == plain + plain
    nonces = [part[:12] for part in chunks(b"x" * HEAD + lost) + chunks(stored) + chunks(b"x" * HEAD + further)]
    assert len(set(nonces)) == len(nonces)
