"""Rotation of secrets: what is sealed is sealed anew in pieces, what lasts outlives its secret, and nothing else does."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select, update

from portal.accounts.models import FACTOR_SECRET, TotpFactor
from portal.kit import keys, lasting, rotation, tokens
from portal.kit.db import db
from portal.kit.lasting import LastingKey
from portal.kit.refusals import LinkDead
from portal.kit.sealed import Sealed, sealed_columns
from portal.kit.unit import unit_of_work
from portal.legal.policy import period
from portal.newsletter import service as newsletter
from tests.people import TOTP_SECRET, Cast

pytestmark = pytest.mark.both_databases

OLD, NEW, NEWER = (f"the-{age}-secret-of-32-characters-or-more" for age in ("old", "new", "newer"))
FOR_EVER = [
    "link.newsletter.unsubscribe", "link.support.guest_ticket", "mac.newsletter.suppression", "mac.privacy.hold",
]  # fmt: skip
FOR_A_TIME = ["link.consent.choice", "link.deletion_receipt", "link.privacy.request"]
APP_CODES = FACTOR_SECRET.what
Under = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def under(app: Flask, make_lab: Callable[..., Flask]) -> Under:
    """`with under(NEW, OLD):` is one unit of work of a process that runs with these secrets."""

    @contextmanager
    def unit(*secrets: str) -> Iterator[None]:
        with make_lab(app, secret_keys=",".join(secrets)).app_context(), unit_of_work():
            yield

    return unit


@pytest.fixture
def factors(app: Flask, under: Under) -> list[uuid.UUID]:
    """Five people whose apps were set up under the old secret."""
    cast = Cast(app)
    people = [cast.make(f"Person {n}", f"p{n}@example.com", f"password of person {n}").account_id for n in range(5)]
    with under(OLD):
        for person_id in people:
            sealed = FACTOR_SECRET.seal(TOTP_SECRET.encode(), of=person_id)
            db.session.add(TotpFactor(person_id=person_id, secret_sealed=sealed))
    return people


def opened() -> set[bytes]:
    """Open every app's secret with the secrets of this process."""
    return {FACTOR_SECRET.open(row.secret_sealed, of=row.person_id) for row in db.session.scalars(select(TotpFactor))}


def reseal() -> int:
    """Seal everything anew; return in how many pieces."""
    pieces, after = 0, None
    while after := rotation.reseal_some(after):
        pieces += 1
    return pieces


def sealed_under(secret: str) -> int:
    """Count the apps' secrets that a secret has sealed."""
    return rotation.sealed_by_key().get(keys.key_id(secret), {}).get(APP_CODES, 0)


def test_sealing_anew_goes_in_bounded_pieces_and_on_after_a_kill(under, factors, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    with under(NEW, OLD):
        after = rotation.reseal_some()
        assert (sealed_under(OLD), sealed_under(NEW)) == (3, 2)
    with pytest.raises(KeyboardInterrupt), under(NEW, OLD):
        rotation.reseal_some(after)
        raise KeyboardInterrupt
    with under(NEW, OLD):
        assert (sealed_under(OLD), sealed_under(NEW)) == (3, 2), "the killed piece has changed nothing"
    with under(NEW, OLD):
        assert reseal() == 2, "pieces"
    with under(NEW):
        assert opened() == {TOTP_SECRET.encode()}


def test_a_value_that_does_not_open_stays_is_told_and_stops_nobody(under, factors, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    with under(OLD):
        rubbish = bytes.fromhex(keys.key_id(OLD)) + bytes(40)
        db.session.execute(
            update(TotpFactor).where(TotpFactor.person_id.in_(sorted(factors)[:3])).values(secret_sealed=rubbish)
        )
    with under(NEW, OLD):
        reseal()
        assert (sealed_under(OLD), sealed_under(NEW)) == (3, 2)
        assert rotation.unopenable() == [f"accounts.factor ({keys.key_id(OLD)})"]
        assert [state.is_free for state in rotation.states()] == [False]


def test_what_was_sealed_before_there_were_ids_is_sealed_anew_too(under, factors):
    with under(OLD):
        for person_id in factors:
            plain = keys.seal("accounts.factor", TOTP_SECRET.encode(), context=str(person_id).encode())
            mine = update(TotpFactor).where(TotpFactor.person_id == person_id)
            db.session.execute(mine.values(secret_sealed=bytes(4) + plain))
        assert opened() == {TOTP_SECRET.encode()}
    with under(NEW, OLD):
        reseal()
    with under(NEW):
        assert opened() == {TOTP_SECRET.encode()}
        assert sealed_under(NEW) == 5


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # on SQLite nobody writes meanwhile
def test_a_value_that_was_replaced_meanwhile_is_not_overwritten(under, factors, monkeypatch):
    opens, done = Sealed.open, []

    def somebody_sets_up_anew(self: Sealed, stored: bytes, *, of: uuid.UUID) -> bytes:
        if not done:
            done.append(of)
            with db.engine.begin() as other:
                mine = update(TotpFactor.__table__).where(TotpFactor.person_id == of)
                other.execute(mine.values(secret_sealed=FACTOR_SECRET.seal(b"ANEW", of=of)))
        return opens(self, stored, of=of)

    monkeypatch.setattr(Sealed, "open", somebody_sets_up_anew)
    with under(NEW, OLD):
        reseal()
    with under(NEW):
        assert opened() == {b"ANEW", TOTP_SECRET.encode()}


def test_two_that_note_the_secrets_at_once_do_not_stumble(under):
    for _twice in range(2):
        with under(NEW, OLD):
            rotation.note_keys()
            kept = db.session.scalars(select(LastingKey)).all()
            assert len(kept) == 2 * len(lasting.purposes())
    with under(NEW, OLD):
        rows = [purpose.row_from(secret) for purpose in lasting.purposes().values() for secret in (OLD, NEW)]
        rotation._insert_missing(LastingKey, rows)
        assert len(db.session.scalars(select(LastingKey)).all()) == len(kept)


def test_a_secret_put_back_in_front_signs_again(under, clock):
    for secrets in ([OLD], [NEW, OLD], [OLD, NEW]):
        with under(*secrets):
            rotation.note_keys()
        clock.forward(days=1)
    with under(OLD, NEW):
        (state,) = rotation.states()
        assert (state.key_id, state.place) == (keys.key_id(NEW), 2)
        retired = select(rotation.SecretKey.retired_at).where(rotation.SecretKey.key_id == keys.key_id(OLD))
        assert db.session.scalar(retired) is None


class TestLinksThatLast:
    """A lasting link outlives the secret that signed it; every other one lives 30 days at most."""

    def test_one_that_was_sent_before_there_were_lasting_keys_is_read_for_ever(self, under, clock):
        before = URLSafeTimedSerializer(
            [OLD], salt="portal.link.newsletter.unsubscribe", signer_kwargs={"digest_method": hashlib.sha256}
        )
        subscriber = str(uuid.uuid4())
        sent = before.dumps([subscriber, hashlib.sha256(b"").hexdigest()[:32]])
        with under(NEW, OLD):
            rotation.note_keys()
            newsletter.check_way_out(sent)
            reseal()
        clock.forward(days=4000)
        with under(NEWER, NEW):
            newsletter.check_way_out(sent)
            rotation.note_keys()
            reseal()
        with under(NEWER):
            newsletter.check_way_out(sent)
            with pytest.raises(LinkDead):
                newsletter.check_way_out(sent[:-1] + ("A" if sent[-1] != "A" else "E"))

    def test_what_was_kept_reads_links_of_its_own_purpose_alone(self, under):
        with under(OLD):
            rotation.note_keys()
            reset, choice = tokens.sign("recovery.reset", "x"), tokens.sign("consent.choice", "x")
        with under(NEW, OLD):
            reseal()
        with under(NEW):
            assert tokens.read("consent.choice", choice, max_age=timedelta(days=100)) == ["x"]
            with pytest.raises(LinkDead):
                tokens.read("recovery.reset", reset, max_age=timedelta(minutes=30))
            with pytest.raises(LinkDead):
                newsletter.check_way_out(choice)

    def test_a_secret_that_nobody_noted_is_dead_with_its_links(self, under):
        with under(OLD):
            sent = tokens.sign("newsletter.unsubscribe", str(uuid.uuid4()))
        with under(NEW), pytest.raises(LinkDead):
            newsletter.check_way_out(sent)

    def test_one_that_lives_longer_than_a_month_is_declared_lasting_or_refused(self, under):
        with under(OLD):
            token = tokens.sign("lab", "x")
            assert tokens.read("lab", token, max_age=tokens.LONGEST) == ["x"]
            with pytest.raises(RuntimeError, match="lab"):
                tokens.read("lab", token, max_age=tokens.LONGEST + timedelta(seconds=1))

    def test_the_kept_key_of_receipts_goes_with_the_last_receipt(self, under, clock):
        def purposes_of(secret: str) -> list[str]:
            mine = select(LastingKey.purpose).where(LastingKey.key_id == keys.key_id(secret))
            return sorted(db.session.scalars(mine))

        for secrets in ([OLD], [NEW, OLD]):
            with under(*secrets):
                rotation.note_keys()
                every = purposes_of(OLD)
                reseal()
        assert every == sorted([*FOR_A_TIME, *FOR_EVER])
        clock.forward(days=period("audit").days - 1)
        with under(NEW):
            rotation.note_keys()
            assert "link.deletion_receipt" in purposes_of(OLD)
        clock.forward(days=2)
        with under(NEW):
            rotation.note_keys()
            assert purposes_of(OLD) == FOR_EVER


def test_the_columns_to_seal_anew_are_found_in_the_models():
    assert [str(column) for column, _kind in sealed_columns()] == [
        "deletion.sealed", "erasure_step.sealed", "export.secret_sealed", "hold.kept", "lasting_key.key_sealed",
        "leaving_pack.secret_sealed", "totp_factor.secret_sealed", "unsent_form.typed",
    ]  # fmt: skip
    assert len({kind.what for _column, kind in sealed_columns()}) == 8
