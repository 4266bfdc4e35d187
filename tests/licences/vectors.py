"""The published vectors: what is right, what is wrong, and why. `python -m tests.licences.vectors` writes them.

The keys are of no portal: their seeds are published with them, so that a maker can sign files of their own.
"""

from __future__ import annotations

import base64
import hashlib
import json

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proof.verify_licence import ACTIVATION, LICENCE, REVOCATIONS
from tests.rules.source import ROOT

PUBLISHED = ROOT / "proof" / "licence_vectors.json"
ID, OTHER_ID = "6f1c2f0e-5d0a-4f0c-9a37-0d3b1e1a7c55", "a1b9c3d4-0000-4000-8000-00000000c0de"
PERPETUAL = {
    "id": ID, "product": "production-system", "plan": "workshop", "seats": 5, "holder": "Müller & 王 Tailors",
    "issued_on": "2026-12-01", "updates_until": "2027-12-01", "perpetual": True,
}  # fmt: skip
RENTED = {**PERPETUAL, "id": OTHER_ID, "perpetual": False}
ACTIVATED = {"licence": ID, "machine": "00112233445566778899aabbccddeeff", "activated_on": "2026-12-02"}
REVOKED = {"issued_on": "2026-12-03", "revoked": [OTHER_ID]}


def b64url(data: bytes) -> str:
    """Write bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """A key that signs files, with whatever may be wrong in them."""

    def __init__(self, domain: str, name: str) -> None:
        self.domain = domain
        self.seed = hashlib.sha256(f"published, never use: {name} {domain}".encode()).digest()
        self.key = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.key.public_key().public_bytes_raw()
        self.kid = hashlib.sha256(self.public).hexdigest()[:16]

    def as_jwk(self) -> dict[str, str]:
        """Return the public key as the portal publishes its own."""
        kind = {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "use": "sig"}
        return {"kid": self.kid, **kind, "x": b64url(self.public), "signs": self.domain}

    def envelope(self, payload: bytes, *, domain: str | None = None, **changes: object) -> dict[str, object]:
        """Return the signed members of a file."""
        signature = self.key.sign((domain or self.domain).encode() + b"\0" + payload)
        return {"alg": "Ed25519", "kid": self.kid, "enc": b64url(payload), "sig": b64url(signature), **changes}


def wrapped(envelope: object, label: str = LICENCE.label, *, width: int = 64) -> str:
    """Write an envelope (its members or its raw text) as a file."""
    raw = envelope if isinstance(envelope, str) else json.dumps(envelope, separators=(",", ":"))
    text = base64.b64encode(raw.encode()).decode()
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


SIGNERS = {kind.domain: Signer(kind.domain, "this year") for kind in (LICENCE, ACTIVATION, REVOCATIONS)}
LAST_YEAR = Signer(LICENCE.domain, "last year")
STRANGER = Signer(LICENCE.domain, "a stranger")


def licence(payload: object = PERPETUAL, **changes: object) -> str:
    """Write a licence, with what is changed in its envelope."""
    raw = payload if isinstance(payload, bytes) else rfc8785.dumps(payload)
    return wrapped(SIGNERS[LICENCE.domain].envelope(raw, **changes))


def right() -> dict[str, tuple[str, object]]:
    """Return the files that are right, with what each says."""
    activation = SIGNERS[ACTIVATION.domain].envelope(rfc8785.dumps(ACTIVATED))
    revocations = SIGNERS[REVOCATIONS.domain].envelope(rfc8785.dumps(REVOKED))
    nothing = {**REVOKED, "revoked": []}
    empty = SIGNERS[REVOCATIONS.domain].envelope(rfc8785.dumps(nothing))
    forever = {**PERPETUAL, "updates_until": None}
    return {
        "a perpetual licence": (licence(), PERPETUAL),
        "a licence with every update": (licence(forever), forever),
        "a licence that runs until a day": (licence(RENTED), RENTED),
        "a licence by the key before": (wrapped(LAST_YEAR.envelope(rfc8785.dumps(PERPETUAL))), PERPETUAL),
        "a licence with the line ends of Windows": (licence().replace("\n", "\r\n"), PERPETUAL),
        "a licence with blank lines around it": (f"\n\n{licence()}\n\n", PERPETUAL),
        "an activation": (wrapped(activation, ACTIVATION.label), ACTIVATED),
        "a list of revoked licences": (wrapped(revocations, REVOCATIONS.label), REVOKED),
        "an empty list of revoked licences": (wrapped(empty, REVOCATIONS.label), nothing),
    }


def wrong() -> dict[str, tuple[str, str]]:
    """Return the files that are wrong, with what the verifier says of each."""
    return {**_wrong_files(), **_wrong_signatures(), **_wrong_payloads()}


def _wrong_files() -> dict[str, tuple[str, str]]:
    good, lines = licence(), licence().splitlines()
    padded = good.replace(lines[-2], lines[-2].rstrip("=") + "=" * 4)
    label, width, letters = "another first or last line", "64 characters long", "characters that none"
    return {
        "nothing": ("", "neither a licence"),
        "another kind of file": (good.replace("LICENCE", "CERTIFICATE"), "neither a licence"),
        "an activation by its first line only": (good.replace("BEGIN 3CLICKS LICENCE", "BEGIN 3CLICKS ACTIVATION"), label),
        "a first line with a Cyrillic letter": (good.replace("LICENCE", "LIСENCE"), "neither a licence"),
        "a zero-width space in it": (good.replace(lines[2], f"\u200b{lines[2][1:]}"), letters),
        "a byte order mark before it": (f"\ufeff{good}", "neither a licence"),
        "something after it": (f"{good}x", label),
        "a second licence after it": (good + good, width),
        "its last line missing": ("\n".join(lines[:-1]), label),
        "nothing between the lines": (f"{lines[0]}\n{lines[-1]}\n", label),
        "lines of 76 characters": (wrapped(SIGNERS[LICENCE.domain].envelope(rfc8785.dumps(PERPETUAL)), width=76), width),
        "a blank line in it": (good.replace(lines[2], f"\n{lines[2]}"), width),
        "more padding than base64 has": (padded, "not written in base64"),
        "a character that base64 has not": (good.replace(lines[2], f"!{lines[2][1:]}"), "not written in base64"),
        "more than 16 KB": (good + "\n" * 16 * 1024, "too long"),
    }  # fmt: skip


def _wrong_signatures() -> dict[str, tuple[str, str]]:
    signer, payload = SIGNERS[LICENCE.domain], rfc8785.dumps(PERPETUAL)
    envelope = signer.envelope(payload)
    text, signature = json.dumps(envelope), str(envelope["sig"])
    more_seats = rfc8785.dumps({**PERPETUAL, "seats": 500})
    last = chr(ord(signature[-1]) + 1)  # 64 bytes leave four bits of the last digit unused: another way to write the same
    same_kid = {**STRANGER.envelope(payload), "kid": signer.kid}
    wrong, form, base = "the signature is wrong", "signature has another form", "not written in base64url"
    return {
        "more seats than were signed": (licence(enc=b64url(more_seats)), wrong),
        "an activation's domain under a licence": (licence(domain=ACTIVATION.domain), wrong),
        "an activation in a licence's clothes": (wrapped(SIGNERS[ACTIVATION.domain].envelope(payload)), "key that signed"),
        "a stranger's key": (wrapped(STRANGER.envelope(payload)), "key that signed"),
        "a stranger's key by the name of ours": (wrapped(same_kid), wrong),
        "a name in the signature twice": (wrapped(f'{text[:-1]},"sig":{json.dumps(signature)}}}'), "something twice"),
        "one more name in the signature": (licence(note="x"), form),
        "no algorithm": (licence(alg="none"), "signature is of another kind"),
        "an algorithm by a number": (licence(alg=1), form),
        "a signature with padding": (licence(sig=f"{signature}=="), base),
        "a signature written in another way": (licence(sig=signature[:-1] + last), base),
        "a signature in the other base64": (licence(sig=f"+/{signature[2:]}"), base),
        "a signature with white space": (licence(sig=f" {signature}"), base),
        "half a signature": (licence(sig=signature[:43]), wrong),
        "an envelope that is a list": (wrapped("[]"), form),
        "an envelope that is none": (wrapped('{"alg":'), "not JSON"),
        "an envelope with NaN": (wrapped('{"alg":NaN}'), "not whole"),
        "an envelope too deep to read": (wrapped("[" * 9000), "not JSON"),
    }  # fmt: skip


def _wrong_payloads() -> dict[str, tuple[str, str]]:
    """Return what we would never sign: it must be refused all the same."""
    good = rfc8785.dumps(PERPETUAL)
    changes: dict[str, tuple[str, object]] = {
        "no seat": ("seats", 0),
        "a seat that is true": ("seats", True),
        "seats as text": ("seats", "5"),
        "more seats than a number can say exactly": ("seats", 2**53),
        "an id in capitals": ("id", ID.upper()),
        "a product with a Cyrillic letter": ("product", "productiоn-system"),
        "a holder of nothing": ("holder", ""),
        "a holder over two lines": ("holder", "a\nb"),
        "a day that is none": ("issued_on", "2026-02-30"),
        "a day in full-width digits": ("issued_on", "２０２６-12-01"),
        "a day with an hour": ("issued_on", "2026-12-01T00:00"),
        "perpetual by a word": ("perpetual", "yes"),
    }
    said = {
        name: (licence(json_of({**PERPETUAL, field: value})), f"impossible: {field}")
        for name, (field, value) in changes.items()
    }
    without = {name: value for name, value in PERPETUAL.items() if name != "plan"}
    return {
        **said,
        "rented without an end": (licence({**RENTED, "updates_until": None}), "impossible: updates_until"),
        "a field too many": (licence({**PERPETUAL, "machine": "x"}), "other fields"),
        "a field too few": (licence(without), "other fields"),
        "seats said twice": (licence(good[:-1] + b',"seats":500}'), "something twice"),
        "seats as a fraction": (licence(good.replace(b":5,", b":5.0,")), "not whole"),
        "seats as NaN": (licence(good.replace(b":5,", b":NaN,")), "not whole"),
        "fields in another order": (licence(json.dumps(PERPETUAL, separators=(",", ":"), ensure_ascii=False).encode()),
                                    "not canonical"),
        "a space in it": (licence(good.replace(b":5,", b": 5,")), "not canonical"),
        "an escape that need not be": (licence(good.replace("ü".encode(), rb"\u00fc")), "not canonical"),
        "half a surrogate": (licence(good.replace("ü".encode(), rb"\ud800")), "not canonical"),
        "bytes that are no UTF-8": (licence(good.replace("ü".encode(), b"\xff")), "not JSON"),
        "something after the payload": (licence(good + b"\n"), "not canonical"),
    }  # fmt: skip


def json_of(payload: object) -> bytes:
    """Write canonical JSON of what RFC 8785 would not take."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def document() -> str:
    """Return the published vectors."""
    keys = [*SIGNERS.values(), LAST_YEAR]
    content = {
        "about": "See FILES.md. The seeds are published: they sign for tests and for nothing else.",
        "keys": [signer.as_jwk() for signer in keys],
        "seeds": {signer.kid: b64url(signer.seed) for signer in keys},
        "right": [{"name": name, "file": file, "says": says} for name, (file, says) in right().items()],
        "wrong": [{"name": name, "file": file, "why": why} for name, (file, why) in wrong().items()],
    }
    return json.dumps(content, ensure_ascii=True, indent=1) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(document(), encoding="ascii")
