"""Seeing what is held: complete, in words, and one's own only."""

from portal.kit.claims import register


def test_a_customer_sees_each_line_that_is_held_with_why_and_how_long(cast):
    page = cast.sign_in(cast.ada).get("/settings/privacy")
    assert page.title == "Privacy"
    account = page.soup.find(id="held-person").get_text(" ")
    assert "Your User Account" in account
    assert "Until you delete it" in account
    assert "1 entry" in account


def test_every_line_of_the_register_is_named_held_or_not(app, cast):
    page = cast.sign_in(cast.ada).get("/settings/privacy")
    with app.app_context(), app.test_request_context():
        lines = [holding.what for holding in register().holdings()]
    held = page.soup.find(id="held").get_text(" ")
    assert len(lines) > 10
    assert [what for what in lines if what not in held] == []


def test_the_page_names_the_vendors_and_leads_to_every_right(cast):
    page = cast.sign_in(cast.ada).get("/settings/privacy")
    assert "Amazon Web Services" in page.soup.find(id="vendors").get_text(" ")
    links = {link["href"] for link in page.soup.find_all("a")}
    for address in ("delete", "who-looked", "requests", "visits"):
        assert f"/settings/privacy/{address}" in links
    assert page.form("/settings/privacy/export")


def test_a_visitor_is_asked_to_sign_in(client):
    for address in ("", "/who-looked", "/requests", "/delete"):
        assert client.get(f"/settings/privacy{address}").path == "/login"


def test_the_number_of_statements_does_not_grow_with_the_register(app, cast, statements_of):
    ada = cast.sign_in(cast.ada)
    assert statements_of(lambda: ada.get("/settings/privacy")) <= 8


def test_nobody_looked_is_said_plainly(cast):
    page = cast.sign_in(cast.ada).get("/settings/privacy/who-looked")
    assert "Nobody has looked" in page.text


def test_a_look_of_staff_is_shown_with_role_and_without_a_name(cast):
    ada, ben, sam = cast.ada, cast.ben, cast.sam
    cast.have_read(ada)
    page = cast.sign_in(ada).get("/settings/privacy/who-looked")
    assert "Support staff" in page.text
    assert "Sam" not in page.text
    assert str(sam.account_id) not in page.response.text
    assert "Nobody has looked" in cast.sign_in(ben).get("/settings/privacy/who-looked").text


def test_a_word_that_no_page_gave_out_opens_no_other_page(cast):
    ada = cast.sign_in(cast.ada)
    for word in ("x", "2026", "'; DROP TABLE person; --", "20261123T000000000000-zz"):
        assert ada.get("/settings/privacy/requests", query_string={"after": word}).status == 404
