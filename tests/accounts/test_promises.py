"""What this area promises, and that a broken promise shows."""

import pytest
from sqlalchemy import event, select

from portal.accounts import checks
from portal.accounts import service as accounts
from portal.accounts.models import Person, SignInEvent, SignInSession, TotpFactor
from portal.kit import staff_writes
from portal.kit.checks import state
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.files import storage
from tests.accounts.walk import sign_in


def findings():
    return {check.name: check.run() for check in checks.CHECKS}


def test_all_are_kept(unit, cast):
    cast.ada  # noqa: B018 (somebody to look at)
    with unit():
        assert all(finding.ok for finding in findings().values()), findings()


def test_a_further_field_of_the_account_breaks_p03(unit, monkeypatch):
    monkeypatch.setattr(accounts, "account_columns", lambda: checks.ACCOUNT | {"birthday"})
    with unit():
        assert not findings()["account_is_small"].ok
        assert findings()["account_is_small"].statements == (state("more", columns=["birthday"]),)


def test_a_cookie_that_scripts_may_read_breaks_p06(app, unit, monkeypatch):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_HTTPONLY", False)
    with unit():
        assert not findings()["cookies_guarded"].ok


def test_a_guard_that_is_gone_breaks_p09(app, unit):
    with app.app_context():
        event.remove(db.engine, "before_cursor_execute", staff_writes._look)
    try:
        with unit():
            assert findings()["staff_write_no_key"].statements == (state("no_guard"),)
            assert set(staff_writes.let_through([TotpFactor.secret_sealed])) == {
                "totp_factor.secret_sealed",
                "totp_factor.+",
                "totp_factor.-",
            }, "what is tried is tried for real"
    finally:
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", staff_writes._look)


@pytest.mark.parametrize("stored", ["in the clear", "5f4dcc3b5aa765d61d8327deb882cf99", "$2b$12$" + "x" * 53])
def test_a_password_that_is_no_argon2id_breaks_p07(cast, unit, stored):
    with unit():
        accounts.get_person(cast.ada.id).password_hash = stored
    with unit():
        assert not findings()["only_argon2id"].ok


def test_a_copy_of_the_data_holds_the_account_but_no_secret(client, cast, unit):
    sign_in(client, cast.ada)
    client.submit("/settings/second-factor", code="000000")
    with unit():
        person = accounts.get_person(cast.ada.id)
        sets = {each.name: list(each) for each in register().export(accounts.subject_of(person))}
        text = str(sets)
        assert sets["person"][0]["email"] == cast.ada.email
        assert len(sets["sign_in_session"]) == len(sets["sign_in_event"]) == 1
        assert person.password_hash not in text
        assert db.session.scalars(select(SignInSession)).one().secret_hash not in text


def test_a_sign_up_that_waits_belongs_to_its_address(client, cast, unit):
    client.submit(
        "/signup", name="Ada", email=cast.ada.email.upper(), password="seven quiet looms at dawn", accept_terms="y"
    )
    with unit():
        subject = accounts.subject_of(accounts.get_person(cast.ada.id))
        sets = {each.name: list(each) for each in register().export(subject)}
        assert len(sets["sign_up"]) == 1


def test_erasing_takes_all_of_one_person_and_nothing_of_another(app, client, new_client, cast, unit):
    sign_in(client, cast.ada)
    sign_in(new_client(), cast.ben)
    cast.give_factor(cast.ada)
    with unit():
        person = accounts.get_person(cast.ada.id)
        key = person.avatar_key = storage().store("avatar", [b"picture"])
        subject = accounts.subject_of(person)
        (photo,) = register().files(subject)
        photo[1].close()
    gone = True
    while gone:
        with unit():
            gone = register().erase(subject)
    with unit():
        register().erase_anchor(subject)
    with unit():
        assert "person" not in register().residue(subject)
        assert [person.id for person in db.session.scalars(select(Person))] == [cast.ben.id]
        assert [row.person_id for row in db.session.scalars(select(SignInEvent))] == [cast.ben.id]
        assert not storage().exists(key)
