"""A licence can be checked by anybody, offline: what was changed, forged or written otherwise is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proof.verify_licence import ACTIVATION, LICENCE, REVOCATIONS, Wrong, check, kind_of, read, read_keys, runs_on
from tests.conftest import SIGNING_KEY, changed_settings
from tests.licences import vectors
from tests.rules.source import ROOT

VERIFIER = ROOT / "proof" / "verify_licence.py"
OTHER_KEY = "YW5vdGhlciBzZWVkIGZvciB0ZXN0cywgMzIgYnl0ZXM="
FILE = vectors.licence().encode()
RIGHT, WRONG = vectors.right(), vectors.wrong()


@pytest.fixture(scope="module")
def keys():
    """The keys of the published vectors."""
    return read_keys(vectors.PUBLISHED.read_bytes())


def refused(data, keys):
    """Return why the verifier refuses."""
    with pytest.raises(Wrong) as caught:
        read(data, kind_of(data), keys)
    return str(caught.value)


def file_of(name):
    """Return a right file of the vectors."""
    return RIGHT[name][0].encode()


def test_the_published_vectors_are_what_we_make_and_what_is_served(client):
    assert vectors.PUBLISHED.read_text(encoding="ascii") == vectors.document()
    assert client.client.get("/proof/licence_vectors.json").data == vectors.PUBLISHED.read_bytes()


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_read(name, keys):
    data = file_of(name)
    assert read(data, kind_of(data), keys) == RIGHT[name][1]


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refused_and_the_reason_is_said(name, keys):
    file, why = WRONG[name]
    assert why in refused(file.encode(), keys)


def test_every_single_character_of_it_counts(keys):
    for place in range(len(FILE.rstrip())):
        changed = FILE[:place] + bytes([FILE[place] ^ 1]) + FILE[place + 1 :]
        assert refused(changed, keys), place


@given(st.binary(max_size=600))
def test_whatever_is_handed_to_it_is_refused_in_words(data):
    first, last = (f"-----{word} {LICENCE.label}-----".encode() for word in ("BEGIN", "END"))
    for given_file in (data, first + b"\n" + data + b"\n" + last, vectors.wrapped(data.decode("latin-1")).encode()):
        with pytest.raises(Wrong):
            read(given_file, LICENCE, {})


def test_a_second_form_of_a_right_signature_is_refused(keys):
    """A signature of which a second form is right too could be called another one (RFC 8032, 8.4)."""
    signer = vectors.SIGNERS[LICENCE.domain]
    raw = signer.key.sign(LICENCE.domain.encode() + b"\0" + vectors.json_of(vectors.PERPETUAL))
    order = 2**252 + 27742317777372353535851937790883648493
    again = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    assert vectors.licence(sig=vectors.b64url(raw)).encode() == FILE
    assert "signature is wrong" in refused(vectors.licence(sig=vectors.b64url(again)).encode(), keys)


def test_an_activation_counts_for_its_licence_and_its_machine(keys):
    activation, machine = file_of("an activation"), vectors.ACTIVATED["machine"]
    assert check(keys, FILE, activation, machine) == vectors.PERPETUAL
    with pytest.raises(Wrong, match="another machine"):
        check(keys, FILE, activation, "f" * 32)
    with pytest.raises(Wrong, match="another licence"):
        check(keys, file_of("a licence that runs until a day"), activation, machine)


def test_a_revoked_licence_is_refused_by_the_list_and_another_one_is_not(keys):
    revoked = file_of("a list of revoked licences")
    assert check(keys, FILE, revocations=revoked) == vectors.PERPETUAL
    with pytest.raises(Wrong, match="was revoked"):
        check(keys, file_of("a licence that runs until a day"), revocations=revoked)


def test_a_perpetual_licence_never_stops_and_a_rented_one_on_its_day():
    assert runs_on(vectors.PERPETUAL, "2999-01-01")
    assert runs_on(vectors.RENTED, "2027-12-01")
    assert not runs_on(vectors.RENTED, "2027-12-02")


def test_a_key_of_one_kind_of_file_signs_no_other(keys):
    forged = vectors.SIGNERS[ACTIVATION.domain].envelope(vectors.json_of(vectors.PERPETUAL), domain=LICENCE.domain)
    assert "not in the file of keys" in refused(vectors.wrapped(forged).encode(), keys)


@pytest.mark.parametrize(
    "listed",
    [b"", b"[]", b"{}", b'{"keys":1}', b'{"keys":[1]}', b"[" * 100_000, b"\xff",
     b'{"keys":[{"kid":"a","signs":"3clicks-licence-v1","x":"+"}]}', b'{"keys":[{"kid":"a","signs":"3clicks-licence-v1"}]}'],
)  # fmt: skip
def test_a_file_of_keys_that_is_none_is_refused(listed):
    with pytest.raises(Wrong):
        read_keys(listed)


def test_a_key_that_is_no_point_of_the_curve_is_refused(keys):
    kid = vectors.SIGNERS[LICENCE.domain].kid
    for key in (b"", b"x" * 31, b"\xff" * 33):
        with pytest.raises(Wrong, match="not a point"):
            read(FILE, LICENCE, {(LICENCE.domain, kid): key})


def run(folder, *files):
    """Run the program as somebody does who has Python and `cryptography`; return its status and what it said."""
    for name, content in files:
        (folder / name).write_bytes(content)
    command = [sys.executable, "-I", str(folder / "verify_licence.py"), *(name for name, _ in files)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_the_served_program_tells_genuine_from_forged(client, tmp_path):
    (tmp_path / "verify_licence.py").write_bytes(client.client.get("/proof/verify_licence.py").data)
    keys = ("keys.json", vectors.PUBLISHED.read_bytes())
    licence, activation = ("licence.txt", FILE), ("activation.txt", file_of("an activation"))
    status, said = run(tmp_path, licence, activation, ("revoked.txt", file_of("a list of revoked licences")), keys)
    assert status == 0, said
    assert "Genuine: 3CLICKS LICENCE" in said and "Genuine: 3CLICKS ACTIVATION" in said and vectors.ID in said
    rented = ("rented.txt", file_of("a licence that runs until a day"))
    assert run(tmp_path, rented, activation, keys) == (1, "NOT genuine: the activation belongs to another licence\n")
    forged = ("forged.txt", WRONG["more seats than were signed"][0].encode())
    assert run(tmp_path, forged, keys) == (1, "NOT genuine: the signature is wrong: the file is not what was signed\n")


@pytest.fixture
def published(app, client, monkeypatch):
    """Return a function that publishes by settings, and answers with the keys by what each signs."""

    def publish(**texts):
        changed = changed_settings(app.extensions["portal.settings"], **texts)
        monkeypatch.setitem(app.extensions, "portal.settings", changed)
        listed = client.client.get("/.well-known/portal-keys.json").json["keys"]
        domains = (LICENCE.domain, ACTIVATION.domain, REVOCATIONS.domain)
        return {domain: [key["x"] for key in listed if key["signs"] == domain] for domain in domains}

    return publish


def test_the_next_key_is_published_before_it_signs_and_the_order_decides_which_does(published):
    now = published(signing_keys=f"{SIGNING_KEY},{OTHER_KEY}")
    then = published(signing_keys=f"{OTHER_KEY},{SIGNING_KEY}")
    assert len({key for each in now.values() for key in each}) == 6
    for domain in now:
        assert then[domain] == now[domain][::-1]


def test_an_old_public_key_stays_published_for_licences_and_activations(published):
    old = vectors.SIGNERS[LICENCE.domain].public
    plain = vectors.base64.b64encode(old).decode()
    found = published(licence_keys=plain)
    assert [found[domain][1:] for domain in found] == [[vectors.b64url(old)], [vectors.b64url(old)], []]
