"""Signed files: written with the portal's own key, read by the very program that it publishes."""

import base64
import json
from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import rfc8785

from portal.kit import signing
from proof.verify_licence import WIDTH, Kind, Payload, first_line, read
from proof.verify_licence import is_machine as is_machine


def write(kind: Kind, *, payload: Mapping[str, Any], lasts: bool = True) -> str:
    """Sign a payload and return it as a file. One that does not last is signed anew whenever it is asked for."""
    document = rfc8785.dumps(dict(payload))
    signed = signing.sign(signing.Purpose(kind.domain), document, lasts=lasts)
    encoded = base64.urlsafe_b64encode(document).rstrip(b"=").decode()
    envelope = {"alg": "Ed25519", "kid": signed.kid, "enc": encoded, "sig": signed.sig}
    text = base64.b64encode(json.dumps(envelope, separators=(",", ":")).encode()).decode()
    first = first_line(kind)
    return "\n".join([first, *wrap(text, WIDTH), first.replace("BEGIN", "END"), ""])


def read_ours(data: bytes, *, kind: Kind) -> Payload:
    """Return what a file says that was signed with a key of ours. Raises Wrong (`proof/verify_licence.py`). One query."""
    return read(data, kind, {(key.purpose, key.kid): key.public for key in signing.published()})
