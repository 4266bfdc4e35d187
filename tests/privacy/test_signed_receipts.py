"""A receipt can be checked by anybody, without us: what was changed, forged or signed for something else is refused."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from portal.jobs import worker
from portal.kit import signing
from portal.kit.db import db
from portal.privacy import service
from portal.privacy.models import Deletion
from tests.conftest import SIGNING_KEY, changed_settings
from tests.rules.source import ROOT

VERIFIER = ROOT / "proof" / "verify_receipt.py"
OTHER_KEY = "YW5vdGhlciBzZWVkIGZvciB0ZXN0cywgMzIgYnl0ZXM="


def load_verifier():
    """Return the verifier as a module."""
    spec = importlib.util.spec_from_file_location("verify_receipt", VERIFIER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = load_verifier()


@pytest.fixture
def done(app, cast, run_jobs, clock, outbox):
    """Ada's account is deleted; return the address of her receipt."""
    cast.sign_in(cast.ada).submit("/settings/privacy/delete", confirm="y")
    clock.forward(days=14, minutes=1)
    with app.app_context(), worker.unit_of_work():
        service.begin_due()
    run_jobs()
    return outbox.last(cast.ada.email).link("/privacy/receipt/")


@pytest.fixture
def files(client, done):
    """The receipt and the keys, as they are downloaded."""
    return client.client.get(f"{done}/file").data, client.client.get("/.well-known/portal-keys.json").data


@pytest.fixture
def settings(app, monkeypatch):
    """Change a setting of the app."""

    def change(**texts):
        changed = changed_settings(app.extensions["portal.settings"], **texts)
        monkeypatch.setitem(app.extensions, "portal.settings", changed)

    return change


def run(folder, receipt, keys):
    """Run the verifier as somebody does who has nothing but Python; return its status and what it said."""
    (folder / "receipt.jsonl").write_bytes(receipt)
    (folder / "portal-keys.json").write_bytes(keys)
    command = [sys.executable, "-I", "-S", "verify_receipt.py", "receipt.jsonl", "portal-keys.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.both_databases
def test_the_page_offers_the_receipt_the_program_and_the_keys_and_together_they_prove_it(client, done, tmp_path):
    page = client.get(done)
    links = [a["href"] for a in page.soup.find(id="check").find_all("a")]
    answers = [client.client.get(link) for link in links]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "attachment" in answers[0].headers["Content-Disposition"]
    receipt, program, keys = (answer.data for answer in answers)
    (tmp_path / "verify_receipt.py").write_bytes(program)
    status, said = run(tmp_path, receipt, keys)
    assert status == 0, said
    number = json.loads(receipt.splitlines()[0])["number"]
    assert f"Genuine: receipt {number}" in said and "Your User Account" in said
    assert f"deletion-receipt-{number}.jsonl" in page.text
    assert f"deletion-receipt-{number}.jsonl" in answers[0].headers["Content-Disposition"]


def test_it_needs_nothing_but_python(tmp_path, files):
    (tmp_path / "verify_receipt.py").write_bytes(VERIFIER.read_bytes())
    assert run(tmp_path, *files)[0] == 0
    assert run(tmp_path, files[0].replace(b'"rows":1', b'"rows":0', 1), files[1]) == (
        1,
        "NOT genuine: the signature is wrong: the document is not what was signed\n",
    )


def refused(receipt, keys):
    """Return why the verifier refuses."""
    with pytest.raises(verifier.Wrong) as caught:
        verifier.check(receipt, keys)
    return str(caught.value)


def test_every_single_byte_of_it_counts(files):
    receipt, keys = files
    assert verifier.check(receipt, keys)
    for place in range(0, len(receipt), 37):
        assert refused(receipt[:place] + bytes([receipt[place] ^ 1]) + receipt[place + 1 :], keys)


def test_half_of_it_or_more_than_it_is_refused(files):
    receipt, keys = files
    document, signature, _end = receipt.split(b"\n")
    for changed in (b"", b"\n", document, receipt[:-1], receipt + b"\n", document + b"\n", receipt + document + b"\n"):
        assert "not whole" in refused(changed, keys)
    other = document.replace(b'"number":"', b'"number":"X')
    assert "wrong" in refused(receipt + other + b"\n" + signature + b"\n", keys)


def test_a_signature_by_a_strangers_key_or_for_another_purpose_is_refused(app, files):
    receipt, keys = files
    document = receipt.split(b"\n")[0]
    stranger = Ed25519PrivateKey.generate()
    made = signing.PublicKey(signing.RECEIPTS, stranger.public_key().public_bytes_raw())

    def signed(kid, domain=b"3clicks-receipt-v1"):
        signature = signing._base64(stranger.sign(domain + b"\0" + document))
        return document + b"\n" + rfc8785.dumps({"alg": "Ed25519", "kid": kid, "sig": signature}) + b"\n"

    assert "not in the file of keys" in refused(signed(made.kid), keys)
    assert "wrong" in refused(signed(json.loads(keys)["keys"][0]["kid"]), keys)
    theirs = json.dumps({"keys": [made.as_jwk()]}).encode()
    assert verifier.check(signed(made.kid), theirs)
    assert "wrong" in refused(signed(made.kid, domain=b"3clicks-licence-v1"), theirs)
    licences = json.dumps({"keys": [{**made.as_jwk(), "signs": "3clicks-licence-v1"}]}).encode()
    assert "not in the file of keys" in refused(signed(made.kid), licences)


def test_other_forms_of_a_right_signature_are_refused(files):
    """A signature of which a second form is right too could be called another one (RFC 8032, 8.4)."""
    receipt, keys = files
    document, line, _end = receipt.split(b"\n")
    said = json.loads(line)
    raw = verifier.unpack(said["sig"])
    again = raw[:32] + (int.from_bytes(raw[32:], "little") + verifier.L).to_bytes(32, "little")
    changes = [{"sig": signing._base64(again)}, {"alg": "none"}, {"sig": ""}, {"sig": None}, {"kid": None}, {"sig": "é"}]
    for change in changes:
        assert refused(document + b"\n" + json.dumps({**said, **change}).encode() + b"\n", keys)


@pytest.mark.parametrize(
    "keys",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": 1}',
        b'{"keys": [1]}',
        b'{"keys": [{"kid": [], "signs": "3clicks-receipt-v1"}]}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_file_of_keys_that_is_none_is_refused(files, keys):
    assert refused(files[0], keys)


@pytest.mark.parametrize("point", [b"\x01" + bytes(31), bytes(32), b"\xff" * 32, (verifier.P - 1).to_bytes(32, "little")])
def test_a_key_that_signs_everything_is_refused(point):
    signature = point + bytes(32)
    try:
        assert not verifier.is_signed(point, signature, b"anything")
    except verifier.Wrong:
        pass


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), flip=st.integers(0, 511))
def test_it_judges_as_the_library_does(seed, message, flip):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifier.is_signed(public, signature, message)
    changed = bytearray(signature)
    changed[flip // 8] ^= 1 << flip % 8
    assert not verifier.is_signed(public, bytes(changed), message)
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(bytes(changed), message)


@pytest.mark.both_databases
def test_what_an_old_key_has_signed_can_be_checked_after_it_is_gone(app, client, done, files, settings):
    receipt, before = files
    settings(signing_keys=f"{OTHER_KEY},{SIGNING_KEY}")
    both = json.loads(client.client.get("/.well-known/portal-keys.json").data)["keys"]
    signing_receipts = [key for key in both if key["signs"] == signing.RECEIPTS]
    assert len(signing_receipts) == 2 and signing_receipts[1] in json.loads(before)["keys"]
    settings(signing_keys=OTHER_KEY)
    after = client.client.get("/.well-known/portal-keys.json").data
    assert [key for key in json.loads(after)["keys"] if key["signs"] == signing.RECEIPTS] == signing_receipts
    assert verifier.check(receipt, after)


def test_the_published_keys_are_public_and_each_says_what_it_signs(app, client):
    keys = client.client.get("/.well-known/portal-keys.json").json["keys"]
    assert [each["signs"] for each in keys] == list(signing.PURPOSES)
    key = keys[0]
    assert (key["kty"], key["crv"], key["alg"], key["signs"]) == ("OKP", "Ed25519", "Ed25519", "3clicks-receipt-v1")
    assert len(verifier.unpack(key["x"])) == 32
    assert set(key) == {"kid", "kty", "crv", "alg", "use", "x", "signs"}


def test_a_receipt_from_before_there_were_signatures_is_shown_and_offers_no_file(app, client, done, unit):
    with unit():
        db.session.execute(update(Deletion).values(signature=None))
    assert client.get(done).soup.find(id="check") is None
    assert client.get(f"{done}/file").status == 410


def test_a_forged_link_opens_no_file(client):
    assert client.get("/privacy/receipt/x/file").status == 410
