#!/usr/bin/env python3
"""Check a deletion receipt without trusting whoever wrote it. Needs Python 3.8 or later, no network and nothing else.

    python3 verify_receipt.py RECEIPT KEYS

RECEIPT is the file that the receipt's page offers, KEYS a copy of /.well-known/portal-keys.json of the portal that wrote
it. The file has two lines for each document in it: the document, in canonical JSON (RFC 8785), and its signature. The
signature is Ed25519 (RFC 8032) over "3clicks-receipt-v1", a zero byte and the bytes of the document's line. It is checked
before anything of the document is read. The exit status is 0 if every signature is right, else 1.
"""

import base64
import hashlib
import json
import sys

DOMAIN = b"3clicks-receipt-v1"

# The curve of RFC 8032, 5.1. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


class Wrong(Exception):
    """What is wrong, in words."""


def add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(number, point):
    found = ZERO
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def encode(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if len(data) != 32 or y >= P:
        raise Wrong("the key is not a point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Wrong("the key is not a point of the curve")
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(public, signature, message):
    """Tell whether an Ed25519 signature over a message is right (RFC 8032, 5.1.7)."""
    key = decode(public)
    if len(signature) != 64 or encode(multiply(8, key)) == encode(ZERO):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], 1, P - key[3])
    return encode(add(multiply(s, BASE), multiply(k, minus))) == signature[:32]


def unpack(text):
    if not isinstance(text, str) or not text.isascii():
        raise Wrong("a signature or key is not written in base64")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Wrong("a signature or key is not written in base64") from None


def read_json(data, what):
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Wrong("the " + what + " is not JSON") from None
    if not isinstance(found, dict):
        raise Wrong("the " + what + " has another form")
    return found


def check(receipt, keys):
    """Return the documents in the bytes of a receipt, checked by the bytes of a file of keys. Raises Wrong."""
    lines = receipt.split(b"\n")
    if len(lines) < 3 or len(lines) % 2 == 0 or lines.pop():
        raise Wrong("the receipt is not whole: it needs two lines for each document")
    listed = read_json(keys, "file of keys").get("keys")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Wrong("the file of keys has another form")
    known = {str(each.get("kid")): each.get("x") for each in listed if each.get("signs") == DOMAIN.decode()}
    documents = []
    for document, line in zip(lines[::2], lines[1::2]):
        said = read_json(line, "signature")
        if said.get("alg") != "Ed25519":
            raise Wrong("the signature is of another kind")
        kid = said.get("kid")
        if not isinstance(kid, str) or kid not in known:
            raise Wrong("the key that signed is not in the file of keys")
        if not is_signed(unpack(known[kid]), unpack(said.get("sig")), DOMAIN + b"\0" + document):
            raise Wrong("the signature is wrong: the document is not what was signed")
        documents.append(read_json(document, "document"))
    if len({str(each.get("number")) for each in documents}) != 1:
        raise Wrong("the documents belong to different deletions")
    return documents


def tell(documents):
    """Print what the documents say."""
    first = documents[0]
    print("Genuine: receipt", first.get("number"), "of a deletion that was asked for on", first.get("requested_at"))
    print("Deleted, and checked that nothing is left:", first.get("verified_at"))
    for line in first.get("deleted", []):
        print("  {:>7}  {}".format(line.get("rows"), line.get("what")))
    for document in documents:
        for step in document.get("steps", []):
            print("  {}: {}".format(step.get("what"), step.get("confirmed_at") or step.get("why") or "not confirmed yet"))


def main(arguments):
    """Check the files that are named; return the exit status."""
    if len(arguments) != 2:
        print(__doc__)
        return 2
    try:
        contents = []
        for name in arguments:
            with open(name, "rb") as stream:
                contents.append(stream.read())
        documents = check(*contents)
    except (Wrong, OSError) as error:
        print("NOT genuine:", error, file=sys.stderr)
        return 1
    tell(documents)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
