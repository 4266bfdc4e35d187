"""Sessions, second factor, history and the alarm on one page: seen and ended by their own person only."""

import uuid

import pytest

PATH = "/settings/security"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def is_in(browser) -> bool:
    return browser.page("/settings/profile").path == "/settings/profile"


def revokes(page) -> list[str]:
    return [form["action"] for form in page.soup.find_all("form") if form["action"].endswith("/revoke")]


def test_every_session_is_listed_and_this_one_is_marked(ada, cast):
    cast.sign_in(cast.ada)
    cast.sign_in(cast.ben)
    rows = ada.page(PATH).soup.find("table").find("tbody").find_all("tr")
    assert [("This device" in row.get_text()) for row in rows].count(True) == 1
    assert len(rows) == 2


def test_one_session_is_ended(ada, cast):
    phone, tablet = cast.sign_in(cast.ada), cast.sign_in(cast.ada)
    target = revokes(phone.page(PATH))
    kept = {address for address in target if address in revokes(tablet.page(PATH))}
    assert len(kept) == 1, "both may end the session of the first browser"
    page = phone.submit(PATH, action=kept.pop())
    assert "Signed out on that device." in page.text
    assert [is_in(browser) for browser in (ada, phone, tablet)] == [False, True, True]


def test_every_other_session_is_ended(ada, cast):
    phone, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    page = ada.submit(PATH, action="/settings/sessions/revoke-others")
    assert "Signed out everywhere else." in page.text
    assert [is_in(browser) for browser in (ada, phone, ben)] == [True, False, True]
    assert "revoke-others" not in page.response.text


def test_somebody_elses_session_does_not_exist(ada, cast):
    ben = cast.sign_in(cast.ben)
    cast.sign_in(cast.ben)
    (bens,) = revokes(ben.page(PATH))
    token = ada.page(PATH).fields("/settings/not-me")["csrf_token"]
    theirs = ada.post(bens, csrf_token=token)
    absent = ada.post(f"/settings/sessions/{uuid.uuid4()}/revoke", csrf_token=token)
    assert theirs.status == absent.status == 404
    assert theirs.text == absent.text
    assert is_in(ben)
    assert ada.post("/settings/sessions/not-an-id/revoke", csrf_token=token).status == 404


def test_without_a_token_no_session_ends(ada, cast):
    phone = cast.sign_in(cast.ada)
    ada.post("/settings/sessions/revoke-others")
    assert is_in(phone)


def test_looking_ends_nothing(ada, cast):
    phone = cast.sign_in(cast.ada)
    (other,) = revokes(ada.page(PATH))
    assert ada.get(other).status == 405
    assert is_in(phone)


def test_failed_tries_are_one_line_with_their_number(client, cast, run_jobs):
    for _try in range(3):
        client.submit("/login", email=cast.ada.email, password="wrong")
    run_jobs()
    client.submit("/login", email=cast.ada.email, password=cast.ada.password)
    page = client.page(PATH)
    assert "3 failed attempts" in page.text
    assert "Signed in" in page.soup.find(id="history").get_text()


def test_the_second_factor_is_shown_as_it_stands(ada, cast):
    assert ada.page(PATH).soup.find("a", href="/settings/second-factor")
    cast.give_factor(cast.ada)
    page = ada.page(PATH)
    assert page.soup.find("a", href="/settings/second-factor/remove")
    assert "On" in page.soup.find(id="factor").get_text()


@pytest.mark.parametrize("path", ["security", "profile", "avatar", "avatar/photo", "password", "email", "communication"])
def test_a_visitor_is_sent_to_sign_in(client, path):
    page = client.page(f"/settings/{path}")
    assert page.path == "/login"
    assert page.response.headers["Cache-Control"] == "no-store"


def test_the_number_of_statements_does_not_grow_with_the_sessions(app, ada, cast):
    from sqlalchemy import event

    from portal.kit.db import db

    with app.app_context():
        engine = db.engine
    counts = []
    for more in (0, 10):
        for _session in range(more):
            cast.sign_in(cast.ada)
        seen: list[str] = []

        def note(_c, _cursor, statement, *_rest, seen=seen):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        ada.page(PATH)
        event.remove(engine, "before_cursor_execute", note)
        counts.append(sum(statement.startswith("SELECT") for statement in seen))
    assert counts == [3, 3], "who acts, their sessions, their history"
