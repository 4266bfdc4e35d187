"""Link tokens and sealing: what was signed for one thing, in one state, for some time, opens nothing else."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from portal.kit import clock as time
from portal.kit import keys, lasting, packed, tokens
from portal.kit.keys import CannotOpen
from portal.kit.refusals import LinkDead

DAY = timedelta(days=1)
OLD, NEW = "the-old-secret-of-32-characters-or-more", "the-new-secret-of-32-characters-or-more"


@pytest.fixture
def inside(one_lab):
    """Stand inside the app."""
    with one_lab.app_context():
        yield


@pytest.fixture
def with_keys(apps, make_lab):
    """Return the lab under other secrets."""
    return lambda *secrets: make_lab(apps("sqlite"), secret_keys=",".join(secrets)).app_context()


@pytest.mark.usefixtures("inside")
class TestLinks:
    """A signed link."""

    def test_it_gives_back_what_was_put_in(self):
        assert tokens.read("lab", tokens.sign("lab", "a", "é/王"), max_age=DAY) == ["a", "é/王"]

    def test_it_goes_into_an_address_as_it_is(self):
        from urllib.parse import quote

        token = tokens.sign("lab", "a" * 40, stamp="x")
        assert quote(token, safe="") == token

    def test_any_changed_byte_kills_it(self):
        token = tokens.sign("lab", "some-id")
        for place in range(len(token)):
            for other in ("A", "b", ".", "-", "@", "é", ""):
                changed = token[:place] + other + token[place + 1 :]
                if changed != token:
                    with pytest.raises(LinkDead):
                        tokens.read("lab", changed, max_age=DAY)

    @pytest.mark.parametrize(("ahead", "good"), [({"minutes": 4}, True), ({"minutes": 6}, False), ({"days": 400}, False)])
    def test_one_from_a_machine_a_little_ahead_is_good_and_one_of_a_day_to_come_is_dead(self, clock, ahead, good):
        clock.forward(**ahead)
        token = tokens.sign("lab", "a")
        clock.forward(**{unit: -length for unit, length in ahead.items()})
        if good:
            assert tokens.read("lab", token, max_age=DAY) == ["a"]
        else:
            with pytest.raises(LinkDead):
                tokens.read("lab", token, max_age=DAY)

    @pytest.mark.parametrize("added", ["A", "=", "@", ".", " ", "\n", "\0", "é"])
    def test_anything_added_kills_it(self, added):
        token = tokens.sign("lab", "some-id")
        for changed in (token + added, added + token, token[:-5] + added + token[-5:]):
            with pytest.raises(LinkDead):
                tokens.read("lab", changed, max_age=DAY)

    @pytest.mark.parametrize(
        "token", ["", ".", "..", "...", "x", "\udc80", "é.é.é", "x" * 100_000, ".eJw.a.b", "WyJhIl0.a.b"]
    )
    def test_rubbish_is_dead(self, token):
        with pytest.raises(LinkDead):
            tokens.read("lab", token, max_age=DAY)

    def test_another_purpose_is_another_lock(self):
        with pytest.raises(LinkDead):
            tokens.read("other", tokens.sign("lab", "x"), max_age=DAY)

    def test_it_dies_when_its_time_is_up_and_not_before(self, clock):
        token = tokens.sign("lab", "x")
        clock.forward(hours=23, minutes=59)
        assert tokens.read("lab", token, max_age=DAY) == ["x"]
        clock.forward(minutes=2)
        with pytest.raises(LinkDead):
            tokens.read("lab", token, max_age=DAY)

    def test_a_clock_set_back_does_not_make_it_good(self, clock):
        token = tokens.sign("lab", "x")
        clock.forward(days=-2)
        with pytest.raises(LinkDead):
            tokens.read("lab", token, max_age=DAY)

    def test_it_dies_with_the_state_it_would_change(self):
        token = tokens.sign("lab", "id", stamp="password of Monday")
        assert tokens.read("lab", token, max_age=DAY, stamp=lambda _id: "password of Monday") == ["id"]
        for stamp in ("password of Tuesday", "", None):
            with pytest.raises(LinkDead):
                tokens.read("lab", token, max_age=DAY, stamp=lambda _id, stamp=stamp: stamp)

    def test_a_stamped_one_is_dead_for_those_who_do_not_look_at_stamps(self):
        with pytest.raises(LinkDead):
            tokens.read("lab", tokens.sign("lab", "id", stamp="x"), max_age=DAY)

    def test_secrets_are_long_and_never_twice(self):
        made = {tokens.new_secret() for _each in range(10_000)}
        assert len(made) == 10_000
        assert min(map(len, made)) >= 43


def earlier(secret: str, *values: str, stamp: str = "", purpose: str = "lab") -> str:
    """Return a link as it was written until the links were made short."""
    key = hashlib.sha256(f"portal.link.{purpose}signer{secret}".encode()).digest()
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:32]
    how = {"digest_method": hashlib.sha256, "key_derivation": "none"}
    return URLSafeTimedSerializer([key], signer_kwargs=how).dumps([*values, digest])


class TestEarlierLinks:
    """A link that was sent before the links were made short: it works as long as it was told to."""

    def test_it_is_read_with_its_stamp_until_its_time_is_up(self, with_keys, clock):
        with with_keys(OLD):
            token = earlier(OLD, "id", "é/王", stamp="Monday")
            assert tokens.read("lab", token, max_age=DAY, stamp=lambda *_values: "Monday", count=2) == ["id", "é/王"]
            for stamp in ("Tuesday", "", None):
                with pytest.raises(LinkDead):
                    tokens.read("lab", token, max_age=DAY, stamp=lambda *_values, stamp=stamp: stamp)
            clock.forward(days=1, minutes=1)
            with pytest.raises(LinkDead):
                tokens.read("lab", token, max_age=DAY, stamp=lambda *_values: "Monday")

    def test_any_other_spelling_purpose_or_secret_is_dead(self, with_keys):
        with with_keys(OLD):
            good = earlier(OLD, "some-id")
            assert tokens.read("lab", good, max_age=DAY) == ["some-id"]
            wrong = [good[:place] + other + good[place + 1 :] for place in range(len(good)) for other in ("A", ".", "@", "")]
            wrong += [earlier(NEW, "some-id"), earlier(OLD, "some-id", purpose="other"), earlier(OLD), good + "="]
            for token in set(wrong) - {good}:
                with pytest.raises(LinkDead):
                    tokens.read("lab", token, max_age=DAY, count=1)


@pytest.mark.usefixtures("inside")
class TestSealedLinks:
    """A link that carries what nobody else may read."""

    def test_it_gives_back_what_was_put_in_and_when(self, clock):
        at, values = tokens.open_sealed("lab", tokens.seal("lab", "ada@example.com", "zh-Hans", ""), max_age=DAY)
        assert values == ["ada@example.com", "zh-Hans", ""]
        assert timedelta() <= time.now() - at < timedelta(minutes=1)

    def test_any_changed_byte_another_purpose_and_another_day_kill_it(self, clock):
        token = tokens.seal("lab", "ada@example.com")
        wrong = [token[:place] + other + token[place + 1 :] for place in range(len(token)) for other in ("A", "b", ".", "")]
        for changed in {*wrong, token + "A", token + "=", tokens.sign("lab", "x"), ""} - {token}:
            with pytest.raises(LinkDead):
                tokens.open_sealed("lab", changed, max_age=DAY)
        with pytest.raises(LinkDead):
            tokens.open_sealed("other", token, max_age=DAY)
        with pytest.raises(LinkDead):
            tokens.read("lab", token, max_age=DAY)
        clock.forward(days=1, minutes=1)
        with pytest.raises(LinkDead):
            tokens.open_sealed("lab", token, max_age=DAY)


def test_what_is_too_long_for_a_link_is_a_mistake_of_ours(one_lab):
    with one_lab.app_context(), pytest.raises(ValueError, match="lab"):
        tokens.sign("lab", "a" * 60)


VALUES = st.lists(
    st.text(max_size=300)
    | st.uuids().map(str)
    | st.uuids().map(lambda each: each.hex)
    | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
)


@given(values=VALUES)
@example(values=["", "2026-11-30T16:00:00+00:00", "2026-11-30T16:00:00.000000+00:00", "2026-02-31T16:00:00+00:00", "A" * 32])
def test_whatever_is_packed_comes_out_as_it_was(values):
    try:
        packed_values = packed.pack(values)
    except UnicodeEncodeError:
        return
    assert packed.unpack(packed_values) == values


@given(st.binary(max_size=60))
def test_bytes_that_nobody_packed_are_refused_or_read_and_nothing_else_happens(raw):
    try:
        assert all(isinstance(value, str) for value in packed.unpack(raw))
    except ValueError:
        return


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (lambda: tokens.sign("lab", "x"), lambda made: tokens.read("lab", made, max_age=DAY)),
        (lambda: keys.seal("lab", b"x", context=b"c"), lambda made: keys.open_sealed("lab", made, context=b"c")),
    ],
    ids=["links", "seals"],
)
def test_a_new_secret_signs_an_old_one_still_reads_and_a_removed_one_is_dead(with_keys, make, read):
    with with_keys(OLD):
        of_old = make()
    with with_keys(NEW, OLD):
        assert read(of_old)
        of_new = make()
    with with_keys(NEW):
        assert read(of_new)
        with pytest.raises((LinkDead, CannotOpen)):
            read(of_old)
    with with_keys(OLD), pytest.raises((LinkDead, CannotOpen)):
        read(of_new)


def test_a_keyed_hash_is_found_under_old_secrets_too(with_keys):
    lab, other = lasting.hashes("lab"), lasting.hashes("other")
    with with_keys(OLD):
        of_old = lasting.mac(lab, "ada@example.com")
    with with_keys(NEW, OLD):
        assert lasting.mac(lab, "ada@example.com") != of_old
        assert of_old in lasting.macs(lab, "ada@example.com")
        assert of_old not in lasting.macs(other, "ada@example.com")


@pytest.mark.usefixtures("inside")
class TestSeals:
    """Sealed bytes."""

    def test_they_open_with_their_context_and_are_never_twice_the_same(self):
        one, two = (keys.seal("lab", b"secret", context=b"row 1") for _each in range(2))
        assert one != two
        assert b"secret" not in one
        assert keys.open_sealed("lab", one, context=b"row 1") == b"secret"

    @pytest.mark.parametrize(
        ("purpose", "context"), [("other", b"row 1"), ("lab", b"row 2"), ("lab", b""), ("lab\0row", b" 1")]
    )
    def test_they_open_nowhere_else(self, purpose, context):
        sealed = keys.seal("lab", b"secret", context=b"row 1")
        with pytest.raises(CannotOpen):
            keys.open_sealed(purpose, sealed, context=context)

    def test_any_changed_byte_is_noticed(self):
        sealed = keys.seal("lab", b"secret")
        for place in range(len(sealed)):
            changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
            with pytest.raises(CannotOpen):
                keys.open_sealed("lab", changed)

    def test_what_is_too_short_cannot_be_opened(self):
        sealed = keys.seal("lab", b"")
        for length in range(len(sealed)):
            with pytest.raises(CannotOpen):
                keys.open_sealed("lab", sealed[:length])

    def test_under_a_key_of_its_own_the_portals_secret_opens_nothing(self):
        key = bytes(range(32))
        sealed = keys.seal("lab", b"x", key=key)
        assert keys.open_sealed("lab", sealed, key=key) == b"x"
        with pytest.raises(CannotOpen):
            keys.open_sealed("lab", sealed)

    def test_an_empty_key_is_a_mistake_and_not_the_portals_secret(self):
        with pytest.raises(ValueError):
            keys.seal("lab", b"x", key=b"")


def test_the_cookie_survives_a_new_secret(apps, make_lab):
    old, new = (make_lab(apps("sqlite"), secret_keys=secrets) for secrets in (OLD, f"{NEW},{OLD}"))
    cookie = _cookie(old)
    assert _reads(new, cookie)
    assert not _reads(make_lab(apps("sqlite"), secret_keys=NEW), cookie)


def _cookie(lab: Flask) -> str:
    return lab.test_client().get("/lab/page").headers["Set-Cookie"].split(";")[0].partition("=")[2]


def _reads(lab: Flask, cookie: str) -> bool:
    client = lab.test_client()
    client.set_cookie("portal", cookie)
    with client.session_transaction() as session:
        return "csrf_token" in session


def test_a_reference_is_read_out_without_a_slip_and_never_the_same():
    drawn = {tokens.reference() for _each in range(2000)}
    assert len(drawn) == 2000
    assert {len(each) for each in drawn} == {10}
    assert not set("01ILOU") & set("".join(drawn))
    assert all(each.isascii() and each.upper() == each and each.isalnum() for each in drawn)
