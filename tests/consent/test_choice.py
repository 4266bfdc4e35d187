"""The choice about statistics: asked once, refused as easily as agreed to, remembered, provable, changed at will."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import event, select

from portal.consent import routes, service
from portal.consent.models import Decision
from portal.kit.claims import register
from portal.kit.db import db

GPC = {"Sec-GPC": "1"}
ID = "G-TEST123456"


@pytest.fixture(autouse=True)
def measured(app, monkeypatch):
    """The portal with a measurement id."""
    settings = replace(app.extensions["portal.settings"], ga_measurement_id=ID)
    monkeypatch.setitem(app.extensions, "portal.settings", settings)


def banner(page):
    return page.soup.find(class_="banner")


def choose(visitor, choice, path="/terms", **fields):
    """Press a button of the banner (or of the page about cookies) on a page."""
    page = visitor.get(path)
    form = next(form for form in page.soup.find_all("form", action="/consent") if form.find("input", value=choice))
    sent = {field["name"]: field["value"] for field in form.find_all("input")}
    return visitor.post("/consent", **{**sent, **fields})


def consent_cookie(visitor):
    return visitor.client.get_cookie("consent", domain="localhost")


@pytest.fixture
def decisions(unit):
    def read():
        with unit():
            return db.session.scalars(select(Decision).order_by(Decision.decided_at)).all()

    return read


def test_a_visitor_is_asked_on_every_public_page_until_there_is_a_choice(client, decisions):
    assert banner(client.get("/terms"))
    assert banner(client.get("/privacy"))
    assert consent_cookie(client) is None
    page = choose(client, "denied")
    assert page.path == "/terms"
    assert "We won’t count your visits" in page.text
    assert not banner(page)
    assert not banner(client.get("/privacy"))
    assert len(decisions()) == 1


def test_both_answers_are_one_press_and_the_same_button(client):
    forms = banner(client.get("/terms")).find_all("form")
    assert len(forms) == 2
    first, second = (form.find("button") for form in forms)
    assert first.attrs == second.attrs
    assert [len(form.find_all("button")) for form in forms] == [1, 1]
    assert [set(form.attrs) for form in forms] == [{"class", "method", "action"}] * 2
    assert not banner(client.get("/terms")).find_all(["input"], type=["checkbox", "radio"])


@pytest.mark.parametrize("choice", ["granted", "denied"])
def test_the_record_holds_the_facts_and_no_more(client, decisions, choice, app):
    choose(client, choice)
    (said,) = decisions()
    assert (said.purpose, said.choice, said.revision, said.mechanism) == ("analytics", choice, 3, "banner")
    with app.test_request_context():
        assert said.text_hash == service.hash_words(service.PURPOSES["analytics"].words)
    assert set(Decision.__table__.columns.keys()) == {
        "id", "subject_id", "purpose", "choice", "revision", "mechanism", "text_hash", "decided_at",
    }  # fmt: skip


@pytest.mark.parametrize("choice", ["granted", "denied"])
def test_a_choice_is_kept_for_its_period_a_refusal_as_long_as_a_grant(client, choice, clock):
    choose(client, choice)
    clock.forward(days=181, hours=23)
    assert not banner(client.get("/terms"))
    clock.forward(hours=2)
    assert banner(client.get("/terms"))


@pytest.mark.parametrize("choice", ["granted", "denied"])
def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(client, choice):
    page = client.get("/terms")
    answer = client.client.post(
        "/consent", data={"analytics": choice, "csrf_token": page.soup.find("input", {"name": "csrf_token"})["value"]}
    )
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("consent="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15724800"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert len(cookie) < 1000


def test_the_page_about_cookies_shows_the_choice_with_its_proof_and_changes_it(client, decisions):
    choose(client, "granted")
    page = client.get("/cookies")
    assert "You accepted analytics" in page.text
    assert str(decisions()[0].id) in page.text
    assert "UTC" in page.text
    page = choose(client, "denied", path="/cookies")
    assert page.path == "/cookies"
    assert "You refused analytics" in page.text
    granted, denied = decisions()
    assert (denied.choice, denied.mechanism) == ("denied", "settings")
    assert granted.subject_id == denied.subject_id
    assert str(denied.id) in page.text


def test_global_privacy_control_is_a_refusal_without_a_question(client, decisions):
    page = client.get("/terms", headers=GPC)
    assert not banner(page)
    assert decisions() == []
    page = client.get("/cookies", headers=GPC)
    assert "We treat that as a refusal" in page.text
    assert page.soup.find("form", action="/consent")
    assert not banner(client.get("/cookies", headers={"Sec-GPC": "1"}))
    assert banner(client.get("/cookies", headers={"Sec-GPC": "0"}))


@pytest.mark.parametrize("same", [False, True])
def test_another_question_is_asked_again_and_the_same_one_in_other_words_is_not(client, monkeypatch, same):
    choose(client, "granted")
    older = service.PURPOSES["analytics"]
    raised = older.revision + 1
    newer = replace(older, revision=raised, same_since=older.same_since if same else raised)
    monkeypatch.setitem(service.PURPOSES, "analytics", newer)
    assert bool(banner(client.get("/terms"))) is not same
    assert (consent_cookie(client) is None) is not same


@pytest.mark.parametrize("value", ["", "yes", "x" * 4000, "a.b.c", "WyJhIl0.aaaaaa.bbbbbb", "\"';<>"])
def test_a_forged_cookie_is_no_choice(client, value):
    client.client.set_cookie("consent", value, domain="localhost")
    assert banner(client.get("/terms"))


def test_a_changed_cookie_is_no_choice(client):
    choose(client, "denied")
    value = consent_cookie(client).value
    client.client.set_cookie("consent", value[:-4] + "AAAA", domain="localhost")
    assert banner(client.get("/terms"))


@pytest.mark.parametrize(
    "evil",
    ["https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "http:evil.example", "/\tx", "@evil",
     "javascript:alert(1)", "/%0d%0aX: y\r\n", "", "x" * 5000],
)  # fmt: skip
def test_the_way_back_never_leads_to_another_site(client, evil):
    page = client.get("/terms")
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    data = {"analytics": "denied", "csrf_token": token, "next": evil}
    answer = client.client.post("/consent", data=data, headers={"Referer": "http://localhost/privacy"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/privacy"
    answer = client.client.post("/consent", data=data, headers={"Referer": "https://evil.example/privacy"})
    assert re.fullmatch(r"/(?![/\\])[\w./-]*", answer.headers["Location"])


def test_the_way_back_keeps_the_query(client):
    page = choose(client, "denied", path="/terms?from=a&to=b")
    assert page.response.request.full_path == "/terms?from=a&to=b"


@pytest.mark.parametrize("analytics", [None, "", "yes", "GRANTED", ["granted", "denied"]])
def test_anything_else_is_no_choice(client, decisions, analytics):
    page = client.get("/terms")
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    fields = {"csrf_token": token} | ({} if analytics is None else {"analytics": analytics})
    answer = client.client.post("/consent", data=fields)
    if isinstance(analytics, list):
        assert [one.choice for one in decisions()] == ["granted"]
    else:
        assert answer.status_code == 400
        assert decisions() == []


def test_a_foreign_site_cannot_choose_for_a_visitor(client, decisions):
    page = client.get("/terms")
    token = page.soup.find("input", {"name": "csrf_token"})["value"]
    assert client.client.post("/consent", data={"analytics": "granted"}).status_code in (303, 400)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        data = {"analytics": "granted", "csrf_token": token}
        assert client.client.post("/consent", data=data, headers=headers).status_code == 403
    assert decisions() == []


def test_opening_the_address_decides_nothing(client, decisions):
    assert client.get("/consent").status == 405
    assert client.get("/consent?analytics=granted").status == 405
    assert decisions() == []


def test_pages_with_a_secret_in_their_address_are_not_the_place_to_ask(client, outbox):
    client.submit("/newsletter", email="ida@example.com")
    assert not banner(client.get(outbox.last("ida@example.com").link("/newsletter/confirm/")))


def test_reading_the_choice_asks_no_database(client, app):
    choose(client, "denied")
    seen = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    client.get("/terms")
    assert [statement for statement in seen if "consent" in statement] == []


def test_a_flood_of_choices_is_told_to_wait(client, decisions, monkeypatch):
    monkeypatch.setattr(routes, "CHOICES_PER_CLIENT", "2 per hour")
    for _ in range(2):
        assert choose(client, "denied", path="/cookies").status == 200
    assert choose(client, "denied", path="/cookies").status == 429
    assert len(decisions()) == 2


def test_old_choices_are_swept_with_their_period(client, unit, clock, decisions):
    choose(client, "denied")
    clock.forward(days=183)
    with unit():
        register().sweep()
    assert decisions() == []
