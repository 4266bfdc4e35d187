#!/usr/bin/env python3
"""Check a licence without a network and without trusting whoever handed it over: Python 3.8 or later and `cryptography`.

    python3 verify_licence.py FILE [FILE ...] KEYS

Each FILE is a licence, an activation or the list of revoked licences, told apart by its first line. KEYS is a copy of
/.well-known/portal-keys.json of the portal that wrote them. The exit status is 0 if every file is genuine and they belong
together, else 1. A product takes `check` from here; FILES.md beside the portal's source says how.

A file is text: a first and a last line that name its kind, and between them base64 in lines of 64 characters of
{"alg": "Ed25519", "kid": …, "enc": base64url of the payload, "sig": base64url}. The signature is Ed25519 (RFC 8032) over the
domain of the kind, a zero byte and the payload's bytes. It is checked before anything of the payload is read. The payload is
canonical JSON (RFC 8785). There is one way to write each thing, and whatever is written otherwise is refused.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import sys
from typing import Any, Callable, Dict, Mapping, NamedTuple, NoReturn, Optional, Tuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 64
LARGEST_NUMBER = 2**53 - 1
BLANK = " \t\r\n"

Payload = Dict[str, Any]
Keys = Mapping[Tuple[str, str], bytes]
"""Public keys by the domain that each signs and by their names."""


class Wrong(Exception):
    """What is wrong, in words."""


class Kind(NamedTuple):
    """A kind of file: what its first line says, what stands before what is signed, its fields, and its most bytes."""

    label: str
    domain: str
    fields: Mapping[str, Callable[[Any], bool]]
    most: int


def is_text(found: Any) -> bool:
    return isinstance(found, str) and 0 < len(found) <= 200 and all(ord(each) > 31 and ord(each) != 127 for each in found)


def is_word(found: Any) -> bool:
    return isinstance(found, str) and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", found) is not None


def is_id(found: Any) -> bool:
    return isinstance(found, str) and re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found) is not None


def is_machine(found: Any) -> bool:
    """Tell a machine's name: 32 hexadecimal digits that its product made of it and of a salt."""
    return isinstance(found, str) and re.fullmatch(r"[0-9a-f]{32}", found) is not None


def is_number(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and 0 < found <= LARGEST_NUMBER


def is_date(found: Any) -> bool:
    if not isinstance(found, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found) is None:
        return False
    try:
        dt.date.fromisoformat(found)
    except ValueError:
        return False
    return True


def is_date_or_none(found: Any) -> bool:
    return found is None or is_date(found)


def is_boolean(found: Any) -> bool:
    return isinstance(found, bool)


def is_list_of_ids(found: Any) -> bool:
    return isinstance(found, list) and all(map(is_id, found)) and found == sorted(set(found))


LICENCE = Kind(
    "3CLICKS LICENCE",
    "3clicks-licence-v1",
    {
        "id": is_id,
        "product": is_word,
        "plan": is_word,
        "seats": is_number,
        "holder": is_text,
        "issued_on": is_date,
        "updates_until": is_date_or_none,
        "perpetual": is_boolean,
    },
    16 * 1024,
)
ACTIVATION = Kind(
    "3CLICKS ACTIVATION",
    "3clicks-activation-v1",
    {"licence": is_id, "machine": is_machine, "activated_on": is_date},
    16 * 1024,
)
REVOCATIONS = Kind(
    "3CLICKS REVOCATIONS",
    "3clicks-revocations-v1",
    {"issued_on": is_date, "revoked": is_list_of_ids},
    64 * 1024 * 1024,
)
KINDS = (LICENCE, ACTIVATION, REVOCATIONS)


def read_keys(data: bytes) -> Keys:
    """Return the public keys in a copy of /.well-known/portal-keys.json. Raises Wrong."""
    listed = read_json(data, "file of keys").get("keys")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Wrong("the file of keys has another form")
    domains = {kind.domain for kind in KINDS}
    ours = [each for each in listed if isinstance(each.get("signs"), str) and each["signs"] in domains]
    return {(each["signs"], str(each.get("kid"))): unpack(each.get("x")) for each in ours}


def read(data: bytes, kind: Kind, keys: Keys) -> Payload:
    """Return what a file of a kind says, once its signature is found right. Raises Wrong."""
    if len(data) > kind.most:
        raise Wrong("the file is too long")
    said = read_json(unwrap(data, kind), "signature")
    if set(said) != {"alg", "kid", "enc", "sig"} or not all(isinstance(each, str) for each in said.values()):
        raise Wrong("the signature has another form")
    if said["alg"] != "Ed25519":
        raise Wrong("the signature is of another kind")
    public = keys.get((kind.domain, said["kid"]))
    if public is None:
        raise Wrong("the key that signed is not in the file of keys")
    payload = unpack(said["enc"])
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(unpack(said["sig"]), kind.domain.encode() + b"\0" + payload)
    except ValueError:
        raise Wrong("the key is not a point of the curve") from None
    except InvalidSignature:
        raise Wrong("the signature is wrong: the file is not what was signed") from None
    return read_payload(payload, kind)


def check(
    keys: Keys,
    licence: bytes,
    activation: Optional[bytes] = None,
    machine: Optional[str] = None,
    revocations: Optional[bytes] = None,
) -> Payload:
    """Return what a licence says, if it is genuine, not revoked, and activated for this machine. Raises Wrong.

    Whether it still runs on a day is what `runs_on` tells.
    """
    found = read(licence, LICENCE, keys)
    if activation is not None:
        activated = read(activation, ACTIVATION, keys)
        if activated["licence"] != found["id"]:
            raise Wrong("the activation belongs to another licence")
        if machine is not None and activated["machine"] != machine:
            raise Wrong("the activation belongs to another machine")
    if revocations is not None and found["id"] in read(revocations, REVOCATIONS, keys)["revoked"]:
        raise Wrong("the licence was revoked")
    return found


def runs_on(licence: Payload, day: str) -> bool:
    """Tell whether the product runs on a day (as 2026-12-01): a perpetual licence never stops."""
    return licence["perpetual"] is True or day <= licence["updates_until"]


def unwrap(data: bytes, kind: Kind) -> bytes:
    """Return what stands between the first and the last line of a file. Blank space around the file counts for nothing."""
    try:
        lines = data.decode("ascii").strip(BLANK).replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise Wrong("the file holds characters that none of ours has") from None
    if len(lines) < 3 or lines[0] != first_line(kind) or lines[-1] != first_line(kind).replace("BEGIN", "END"):
        raise Wrong("the file has another first or last line than " + kind.label)
    body = lines[1:-1]
    if any(len(line) != WIDTH for line in body[:-1]) or not 0 < len(body[-1]) <= WIDTH:
        raise Wrong("the lines of the file are not 64 characters long")
    text = "".join(body)
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong("the file is not written in base64") from None
    if base64.b64encode(found).decode() != text:
        raise Wrong("the file is not written in base64")
    return found


def first_line(kind: Kind) -> str:
    return "-----BEGIN " + kind.label + "-----"


def unpack(text: Any) -> bytes:
    """Return what is written in base64url without padding (RFC 7515). Raises Wrong for any second way to write it."""
    if not isinstance(text, str) or not text.isascii():
        raise Wrong("a signature, payload or key is not written in base64url")
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        found = b""
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != text:
        raise Wrong("a signature, payload or key is not written in base64url")
    return found


def read_payload(payload: bytes, kind: Kind) -> Payload:
    found = read_json(payload, "payload")
    if set(found) != set(kind.fields):
        raise Wrong("the payload has other fields")
    for name, is_right in kind.fields.items():
        if not is_right(found[name]):
            raise Wrong("the payload says something impossible: " + name)
    # RFC 8785: every name is ASCII and every number whole, so the order and the figures are those of any sorted JSON.
    written = json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if written.encode("utf-8", "surrogatepass") != payload:
        raise Wrong("the payload is not canonical JSON")
    if kind is LICENCE and not found["perpetual"] and found["updates_until"] is None:
        raise Wrong("the payload says something impossible: updates_until")
    return found


def read_json(data: bytes, what: str) -> Payload:
    def refuse(_found: str) -> NoReturn:
        raise Wrong("the " + what + " holds a number that is not whole")

    def pairs(members: Any) -> Payload:
        found = dict(members)
        if len(found) != len(members):
            raise Wrong("the " + what + " says something twice")
        return found

    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Wrong("the " + what + " is not JSON") from None
    if not isinstance(found, dict):
        raise Wrong("the " + what + " has another form")
    return found


def kind_of(data: bytes) -> Kind:
    """Return the kind that the first line of a file names. Raises Wrong."""
    for kind in KINDS:
        if data.lstrip(BLANK.encode()).startswith(first_line(kind).encode()):
            return kind
    raise Wrong("the file is neither a licence nor an activation nor a list of revoked licences")


def check_together(files: Any, keys: Keys) -> Any:
    """Return the kind and the payload of each file, checked; an activation and a list are held against each licence."""
    found = [(kind, read(data, kind, keys)) for kind, data in ((kind_of(data), data) for data in files)]
    for licence in (payload for kind, payload in found if kind is LICENCE):
        for kind, payload in found:
            if kind is ACTIVATION and payload["licence"] != licence["id"]:
                raise Wrong("the activation belongs to another licence")
            if kind is REVOCATIONS and licence["id"] in payload["revoked"]:
                raise Wrong("the licence was revoked")
    return found


def main(arguments: Any) -> int:
    """Check the files that are named; return the exit status."""
    if len(arguments) < 2:
        print(__doc__)
        return 2
    try:
        contents = []
        for name in arguments:
            with open(name, "rb") as stream:
                contents.append(stream.read())
        found = check_together(contents[:-1], read_keys(contents[-1]))
    except (Wrong, OSError) as error:
        print("NOT genuine:", error, file=sys.stderr)
        return 1
    for kind, payload in found:
        print("Genuine:", kind.label)
        for name in kind.fields:
            said = len(payload[name]) if isinstance(payload[name], list) else payload[name]
            print("  {:>13}  {}".format(name, json.dumps(said)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
