"""A purchase grants one licence, by a file that anybody can check; only paying it back ends it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.kit import clock
from portal.kit.db import db
from portal.kit.refusals import NotFound
from portal.kit.scopes import across
from portal.licences import service
from portal.licences.models import End, Licence
from portal.organisations import service as organisations
from portal.organisations.models import Organisation
from proof.verify_licence import LICENCE, REVOCATIONS, Wrong, check, read, read_keys
from tests.accounts.test_races import at_once
from tests.conftest import SIGNING_KEY, changed_settings
from tests.licences.test_verify import OTHER_KEY

__all__ = ["at_once"]
pytestmark = pytest.mark.both_databases


@pytest.fixture
def keys(client):
    """The published keys, as a product takes them along."""
    return read_keys(client.client.get("/.well-known/portal-keys.json").data)


def dissolve(team, unit):
    """Dissolve the organisation, its 14 days over."""
    with unit():
        db.session.get_one(Organisation, team.id).dissolved_at = clock.now()


def rows(unit):
    with unit(), across("the test looks at every row"):
        return db.session.scalars(select(Licence)).all()


def test_the_file_says_what_was_bought_and_the_published_program_believes_it(licence, team, keys):
    assert check(keys, licence.file.encode()) == {
        "id": str(licence.id), "product": "production-system", "plan": "workshop", "seats": 2, "holder": "Looms",
        "issued_on": licence.granted_at.date().isoformat(), "updates_until": "2027-01-01", "perpetual": True,
    }  # fmt: skip


def test_it_is_written_as_the_published_vectors_are(licence):
    lines = licence.file.split("\n")
    assert lines[0] == "-----BEGIN 3CLICKS LICENCE-----" and lines[-2:] == ["-----END 3CLICKS LICENCE-----", ""]
    assert {len(line) for line in lines[1:-3]} == {64}


def test_a_purchase_that_is_told_again_grants_no_second_one(licence, buy, unit):
    assert buy("a purchase", seats=500).id == licence.id
    (only,) = rows(unit)
    assert (only.seats, only.file) == (2, licence.file)


def test_a_purchase_that_is_told_at_once_grants_one(team, unit, at_once):
    bought = {"bought_by": team.owner.account_id, "product": "p", "plan": "p", "seats": 1, "perpetual": True}
    grant = [lambda: service.grant(team.id, purchase_id="one", updates_end_on=None, **bought)] * 5
    assert at_once(*grant) == ["done"] * 5
    assert len(rows(unit)) == 1


def test_an_organisation_that_is_no_more_gets_none(team, buy, unit):
    dissolve(team, unit)
    with pytest.raises(NotFound):
        buy()
    assert rows(unit) == []


def test_both_sides_are_told_and_the_log_says_it(licence, team, cast, outbox):
    assert "bought a licence" in outbox.last(team.owner.email).text
    assert "Ada" in cast.sign_in(team.owner).get(f"{team.path}/activity").text
    assert "bought a licence." in cast.sign_in(team.owner).get(f"{team.path}/activity").text


def revoked(client, keys):
    """Return the ids on the published list."""
    return read(client.client.get("/proof/revoked_licences.txt").data, REVOCATIONS, keys)["revoked"]


def test_what_was_paid_back_is_on_the_signed_list_and_a_product_with_the_list_refuses_it(licence, buy, client, keys, unit):
    other = buy("another")
    assert revoked(client, keys) == []
    for _ in range(2):
        with unit():
            service.end("another", because=End.REFUNDED)
            service.end("never heard of", because=End.REFUNDED)
    assert revoked(client, keys) == [str(other.id)]
    listed = client.client.get("/proof/revoked_licences.txt").data
    assert check(keys, licence.file.encode(), revocations=listed)
    with pytest.raises(Wrong, match="revoked"):
        check(keys, other.file.encode(), revocations=listed)


def test_a_perpetual_licence_never_stops_and_another_stops_after_its_day(licence, buy):
    rented = buy(perpetual=False, updates_end_on=date(2027, 1, 1))
    assert licence.runs_on(date(2999, 1, 1))
    assert rented.runs_on(date(2027, 1, 1)) and not rented.runs_on(date(2027, 1, 2))


def test_a_licence_of_last_years_key_is_read_after_the_rotation_by_keys_of_before_and_after(app, buy, client, monkeypatch):
    """The next key is published, then signs, then the old one is gone: nobody's file or product stops (two keys)."""

    def settings(keys):
        changed = changed_settings(app.extensions["portal.settings"], signing_keys=keys)
        monkeypatch.setitem(app.extensions, "portal.settings", changed)
        return read_keys(client.client.get("/.well-known/portal-keys.json").data)

    shipped = settings(f"{SIGNING_KEY},{OTHER_KEY}")
    old = buy().file.encode()
    settings(f"{OTHER_KEY},{SIGNING_KEY}")
    new = buy().file.encode()
    after = settings(OTHER_KEY)
    newest = buy().file.encode()
    assert all(check(keys, file) for keys in (shipped, after) for file in (old, new, newest))
    assert read(new, LICENCE, shipped) != read(old, LICENCE, shipped)


def test_an_organisation_outlived_by_its_licence_leaves_no_name_but_in_the_file(team, licence, unit):
    dissolve(team, unit)
    with unit():
        organisations.tell_some(team.id)
    with unit(), across("the test looks at every row"):
        assert db.session.scalar(select(func.count()).select_from(Licence)) == 1
