"""Sessions: how long they live, what ends them, and that a stolen cookie of an ended one opens nothing."""

from datetime import timedelta

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, func, select

from portal.accounts import service as accounts
from portal.accounts.models import SignInSession
from portal.app import LOAD_ACTOR
from portal.kit.access import SESSION_SLOT
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.devices import device_of
from portal.kit.refusals import NotFound
from portal.kit.tokens import hash_secret
from tests.accounts.walk import INSIDE, cookie_of, is_in, sign_in

pytestmark = pytest.mark.both_databases


@pytest.fixture
def rows(unit):
    """Return the sessions as they are stored."""

    def read():
        with unit():
            return list(db.session.scalars(select(SignInSession).order_by(SignInSession.created_at)))

    return read


@pytest.mark.parametrize("remember", [False, True])
def test_a_session_ends_at_its_time_however_much_it_is_used(cast, clock, remember):
    browser = cast.sign_in(cast.ada, remember=remember)
    hours = 30 * 24 if remember else 24
    for _ in range(3):
        clock.forward(hours=hours / 4)
        assert is_in(browser)
    clock.forward(hours=hours / 4, seconds=3)
    assert not is_in(browser)


def test_an_idle_session_ends_earlier(cast, clock):
    browser, remembered = cast.sign_in(cast.ada), cast.sign_in(cast.ada, remember=True)
    clock.forward(hours=12, seconds=3)
    assert not is_in(browser)
    assert is_in(remembered)


@pytest.mark.parametrize("remember", [False, True])
def test_a_session_that_a_clock_ahead_has_dated_is_none(cast, clock, remember):
    clock.forward(days=400)
    browser = cast.sign_in(cast.ada, remember=remember)
    clock.forward(days=-400)
    assert not is_in(browser)


def test_a_session_of_a_machine_whose_clock_is_a_minute_ahead_is_good(cast, clock):
    clock.forward(minutes=1)
    browser = cast.sign_in(cast.ada)
    clock.forward(minutes=-1)
    assert is_in(browser)


def test_a_session_is_touched_at_most_every_five_minutes(cast, clock, rows):
    browser = cast.sign_in(cast.ada)
    first = rows()[0].seen_at
    clock.forward(minutes=4)
    browser.get(INSIDE)
    assert rows()[0].seen_at == first
    clock.forward(minutes=2)
    browser.get(INSIDE)
    assert rows()[0].seen_at - first >= timedelta(minutes=6)


def test_one_statement_finds_out_who_acts(app, cast):
    browser, seen = cast.sign_in(cast.ada), []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    browser.client.get("/legal/nowhere")
    browser.client.get(INSIDE)
    event.remove(engine, "before_cursor_execute", note)
    asked = [each for each in seen if "sign_in_session" in each]
    assert len(asked) == 2
    assert all(each.startswith("SELECT") for each in asked)


def test_the_row_holds_no_secret_no_address_and_no_browser_string(client, cast, rows):
    sign_in(client, cast.ada)
    (row,) = rows()
    secret = read_cookie(client)[SESSION_SLOT]
    assert row.secret_hash == hash_secret(secret)
    stored = {str(getattr(row, column.key)) for column in SignInSession.__table__.columns}
    assert not any(secret in each or "127.0.0.1" in each or "Mozilla" in each for each in stored)
    assert row.device == "Firefox on Windows"


def read_cookie(visitor):
    """Read the signed cookie as anybody can who holds it."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(visitor.client.application)
    return serializer.loads(cookie_of(visitor).value)


def test_the_cookie_holds_no_hash_of_the_visitors_address(client, cast):
    sign_in(client, cast.ada)
    client.get(INSIDE)
    assert set(read_cookie(client)) <= {SESSION_SLOT, "csrf_token", "_permanent", "_flashes"}


def test_a_cookie_of_the_librarys_own_that_somebody_plants_signs_nobody_out(client, cast):
    sign_in(client, cast.ada)
    client.client.set_cookie("remember_token", "x|y")
    assert client.page(INSIDE).path == INSIDE


def test_what_services_are_told_of_who_acts_holds_no_secret(client, cast):
    sign_in(client, cast.ada)
    secret, told = read_cookie(client)[SESSION_SLOT], str(vars(cast.actor_in(client)))
    assert cast.ada.email in told
    assert secret not in told
    assert hash_secret(secret) not in told


@pytest.mark.parametrize("token", ["", "x", "x" * 5000, "6ab92ab2-010d-4d9b-800e-4b148fd9bd55", "\x00"])
def test_a_made_up_secret_opens_nothing(app, token):
    with app.app_context():
        assert LOAD_ACTOR(token) is None


def test_a_cookie_signed_with_another_key_opens_nothing(client, cast, new_client):
    sign_in(client, cast.ada)
    value = cookie_of(client).value
    thief = new_client()
    thief.client.set_cookie("portal", value[:-4] + ("AAAA" if value[-4:] != "AAAA" else "BBBB"))
    assert not is_in(thief)


def test_a_stolen_cookie_is_dead_after_sign_out(client, new_client, cast):
    sign_in(client, cast.ada)
    thief = new_client()
    thief.client.set_cookie("portal", cookie_of(client).value)
    assert is_in(thief)
    client.send(client.get(INSIDE), action="/logout")
    assert not is_in(thief)


def test_a_person_sees_and_ends_their_own_sessions_only(cast, unit):
    laptop, phone = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    actor = cast.actor_in(laptop)
    with unit():
        views = accounts.sessions_for(actor)
    assert [view.is_this for view in sorted(views, key=lambda view: not view.is_this)] == [True, False]
    other = next(view for view in views if not view.is_this)
    ben = Actor(person_id=cast.ben.id)
    with pytest.raises(NotFound), unit():
        accounts.revoke_session(other.id, by=ben)
    assert is_in(phone)
    with unit():
        accounts.revoke_session(other.id, by=actor)
    assert not is_in(phone)
    assert is_in(laptop)
    with pytest.raises(NotFound), unit():
        accounts.revoke_session(other.id, by=actor)


def test_ending_all_others_keeps_this_one(cast, unit):
    laptop, phone, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    actor = cast.actor_in(laptop)
    with unit():
        assert accounts.end_sessions(actor.person_id, but=actor.session_id) == 1
    assert (is_in(laptop), is_in(phone), is_in(ben)) == (True, False, True)


def test_a_new_password_ends_every_session_but_the_one_it_was_set_in(cast, unit):
    laptop, phone = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    actor = cast.actor_in(laptop)
    with unit():
        person = accounts.get_person(cast.ada.id)
        accounts.set_password(person, password="nine other looms at noon", keep_session=actor.session_id)
    assert (is_in(laptop), is_in(phone)) == (True, False)


def test_there_are_at_most_sixty_and_the_oldest_goes(cast, clock, unit, rows):
    first = cast.sign_in(cast.ada)
    clock.forward(seconds=1)
    second = cast.sign_in(cast.ada)
    for _ in range(59):
        clock.forward(seconds=1)
        with unit():
            accounts.open_session(cast.ada.id, device="")
    with unit():
        assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 60
    assert (is_in(first), is_in(second)) == (False, True)


def test_proving_who_one_is_renews_freshness_and_the_secret(client, new_client, cast, clock):
    sign_in(client, cast.ada)
    thief = new_client()
    thief.client.set_cookie("portal", cookie_of(client).value)
    clock.forward(minutes=30, seconds=2)
    page = client.get("/settings/second-factor")
    assert page.path == INSIDE
    page = client.send(page, password=cast.ada.password)
    assert page.path == "/settings/second-factor"
    assert not is_in(thief), "the secret from before is dead"
    clock.forward(minutes=29)
    assert client.get("/settings/second-factor").path == "/settings/second-factor"


def test_a_stolen_session_alone_does_not_become_fresh(client, cast, clock):
    sign_in(client, cast.ada)
    clock.forward(minutes=31)
    page = client.submit(INSIDE, password="not the password of ada")
    assert page.status == 422
    assert "That isn’t your password" in page.text
    assert client.get("/settings/second-factor").path == INSIDE


def test_guessing_there_is_counted(client, cast):
    sign_in(client, cast.ada)
    for _ in range(10):
        assert client.submit(INSIDE, password="wrong wrong wrong").status == 422
    assert client.submit(INSIDE, password=cast.ada.password).status == 429


def test_staff_are_never_remembered(cast, rows):
    cast.sign_in(cast.sam, remember=True)
    assert [row.remembered for row in rows()] == [False]


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat on Android"),
        ("curl/8.5.0", "A browser"),
        ("", "A browser"),
        ("\x00<script>" * 200, "A browser"),
    ],
)
def test_a_browser_is_named_coarsely(agent, label):
    assert device_of(agent) == label
