"""What was typed is not lost when the session is over or a proof is asked: it is back in its form (B19, S29)."""

import uuid

import pytest
from sqlalchemy import select

from portal.accounts.models import SignInSession
from portal.kit import form_owners
from portal.kit.db import db
from portal.kit.unsent_forms import UnsentForm
from portal.support.models import Message
from tests.accounts.walk import sign_in
from tests.support import samples

WRITTEN = "I measured it twice: the sleeve is 4 cm short.\n\nPlease look again, 布料 is cut."
KEPT = "What you typed hasn’t been sent yet."
BACK = "Here’s what you typed before. It hasn’t been sent yet"
AGAIN = "Enter passwords and codes, and choose files, again."


@pytest.fixture
def ticket(cast):
    """The path of a ticket of Ada's."""
    return cast.sign_in(cast.ada).submit("/contact", subject="Sleeves", message="Too short?").path


@pytest.fixture
def ada(client, cast):
    """Ada's browser, signed in by the page."""
    sign_in(client, cast.ada)
    return client


@pytest.fixture
def messages(unit):
    """Return what stands in the tickets."""

    def read():
        with unit():
            return set(db.session.scalars(select(Message.body)))

    return read


@pytest.fixture
def kept(unit):
    """Return the rows of kept forms."""

    def read():
        with unit():
            return list(db.session.scalars(select(UnsentForm)))

    return read


def sign_out_in_another_tab(visitor, page):
    visitor.client.post("/logout", data={"csrf_token": page.fields()["csrf_token"]})


def end_session(unit):
    with unit():
        for row in db.session.scalars(select(SignInSession)):
            db.session.delete(row)


def typed_in(page):
    return page.fields()["message"]


@pytest.mark.parametrize("how", ["signed out in another tab", "ended elsewhere", "idle"])
def test_a_reply_is_back_in_its_form_after_signing_in_and_is_sent_by_a_click(
    ada, cast, ticket, unit, clock, messages, kept, how
):
    page = ada.get(ticket)
    if how == "signed out in another tab":
        sign_out_in_another_tab(ada, page)
    elif how == "ended elsewhere":
        end_session(unit)
    else:
        clock.forward(hours=13)
    shown = ada.send(page, message=WRITTEN)
    assert shown.path == "/login"
    assert KEPT in shown.text
    refused = ada.send(shown, email=cast.ada.email, password="not hers at all")
    back = ada.send(refused, email=cast.ada.email, password=cast.ada.password)
    assert (back.path, typed_in(back)) == (ticket, WRITTEN)
    assert BACK in back.text
    assert AGAIN not in back.text
    assert messages() == {"Too short?"}
    sent = ada.send(back)
    assert "Reply sent." in sent.text
    assert messages() == {"Too short?", WRITTEN}
    assert kept() == []
    assert BACK not in ada.get(ticket).text


def test_it_outlives_the_second_step(client, cast, ticket, unit):
    cast.give_factor(cast.ada)
    page = cast.sign_in(cast.ada, by_second_factor=True).get(ticket)
    end_session(unit)
    shown = client.send(client.post(ticket, **{**page.fields(ticket), "message": WRITTEN}))
    assert shown.path == "/login"
    code = client.send(shown, email=cast.ada.email, password=cast.ada.password)
    back = client.send(code, code=cast.code(cast.ada))
    assert (back.path, typed_in(back)) == (ticket, WRITTEN)


def test_a_stale_proof_asks_for_one_and_gives_the_form_back(ada, cast, clock, kept):
    page = ada.get("/settings/email")
    clock.forward(minutes=31)
    shown = ada.send(page, email="ada.new@example.com")
    assert shown.path == "/confirm-identity"
    assert KEPT in shown.text
    back = ada.send(shown, password=cast.ada.password)
    assert (back.path, back.fields("/settings/email?" + back.response.request.query_string.decode())["email"]) == (
        "/settings/email",
        "ada.new@example.com",
    )
    ada.send(back)
    assert kept() == []


def test_what_is_chosen_is_back_too(ada, cast, unit):
    page = ada.get("/settings/communication")
    names = [box["name"] for box in page.form().find_all("input", type="checkbox")]
    switches = {name: "y" if number % 2 else None for number, name in enumerate(names)}
    end_session(unit)
    shown = ada.send(page, **switches)
    back = ada.send(shown, email=cast.ada.email, password=cast.ada.password)
    ticked = {box["name"] for box in back.form().find_all("input", type="checkbox") if box.has_attr("checked")}
    assert ticked == {name for name, value in switches.items() if value}


class TestStaff:
    """A staff answer is not lost either, and whoever stands at a stale console sees and does nothing (S29)."""

    @pytest.fixture
    def desk(self, ticket):
        return ticket.replace("/support", "/admin/tickets")

    @pytest.fixture
    def sam(self, cast):
        return cast.sign_in_staff(cast.sam)

    def test_an_answer_is_back_after_the_proof(self, sam, cast, desk, clock, messages):
        page = sam.get(desk)
        clock.forward(minutes=31)
        shown = sam.send(page, action=page.form(desk).get("action"), message=WRITTEN)
        assert shown.path == "/confirm-identity"
        assert KEPT in shown.text
        back = sam.send(shown, password=cast.sam.password, code=cast.code(cast.sam))
        assert back.path == desk
        assert typed_in(back) == WRITTEN
        assert messages() == {"Too short?"}
        sam.send(back)
        assert WRITTEN in messages()

    @pytest.mark.parametrize("message", ["", "x"])
    def test_a_stale_session_that_posts_sees_no_ticket(self, sam, desk, clock, message):
        page = sam.get(desk)
        clock.forward(minutes=31)
        answer = sam.client.post(desk, data={**page.fields(desk), "message": message})
        assert answer.status_code == 303
        assert answer.location.startswith("/confirm-identity")
        assert "Sleeves" not in answer.text

    def test_a_stale_session_redacts_closes_and_answers_nothing(self, sam, desk, clock, messages, unit):
        page = sam.get(desk)
        actions = {form["action"] for form in page.soup.select("main form[action^='/admin/']")}
        assert len(actions) > 1
        clock.forward(minutes=31)
        for action in actions:
            data = {**page.fields(action), "message": "Unseen"}
            assert sam.client.post(action, data=data).location.startswith("/confirm-identity"), action
        assert messages() == {"Too short?"}


class TestWhose:
    """It belongs to whoever typed it."""

    def test_whoever_else_signs_in_in_that_browser_never_sees_it(self, ada, cast, ticket, unit):
        page = ada.get(ticket)
        sign_out_in_another_tab(ada, page)
        shown = ada.send(page, message=WRITTEN)
        others = ada.send(shown, email=cast.ben.email, password=cast.ben.password)
        assert "布料" not in others.response.text
        way_back = shown.response.request.args["next"]
        assert "unsent=" in way_back
        assert "布料" not in ada.get(way_back).response.text
        sign_out_in_another_tab(ada, ada.get("/home"))
        back = ada.submit(f"/login?next={way_back}", email=cast.ada.email, password=cast.ada.password)
        assert typed_in(back) == WRITTEN

    def test_nobody_can_put_words_into_the_form_of_another(self, client, cast, ticket, kept):
        owner = form_owners.owner_of(cast.ada.id)
        for stamp in ("", owner, f"{owner}.", f"{owner}.{'0' * 32}", f"{owner}.é", "x" * 5000):
            answer = client.client.post(ticket, data={"message": "Pay here", "person_stamp": stamp})
            assert answer.location.partition("?")[0] == "/login"
            assert "unsent" not in answer.location
        assert kept() == []

    def test_a_page_of_another_way_back_shows_nothing(self, ada, cast, ticket, unit):
        page = ada.get(ticket)
        end_session(unit)
        shown = ada.send(page, message=WRITTEN)
        unsent = shown.response.request.args["next"].rpartition("=")[2]
        ada.send(shown, email=cast.ada.email, password=cast.ada.password)
        for path in ("/settings/profile", "/contact", "/settings/communication"):
            assert BACK not in ada.get(f"{path}?unsent={unsent}").text
        for rubbish in ("", "x", uuid.uuid4(), "é"):
            assert BACK not in ada.get(f"{ticket}?unsent={rubbish}").text

    def test_it_is_sealed_in_the_database_and_in_no_cookie(self, ada, ticket, unit, kept):
        page = ada.get(ticket)
        end_session(unit)
        shown = ada.send(page, message=WRITTEN)
        (row,) = kept()
        assert b"sleeve" not in row.typed
        assert ticket.encode() not in row.typed
        assert all(len(cookie) < 1500 for cookie in shown.response.headers.getlist("Set-Cookie"))

    def test_it_goes_with_its_time_and_with_the_account(self, ada, cast, ticket, unit, clock, kept, command):
        page = ada.get(ticket)
        end_session(unit)
        shown = ada.send(page, message=WRITTEN)
        clock.forward(hours=12, minutes=1)
        back = ada.send(ada.get(shown.response.request.full_path), email=cast.ada.email, password=cast.ada.password)
        assert (back.path, typed_in(back)) == (ticket, "")
        assert command("sweep").exit_code == 0
        assert kept() == []


class TestWhatIsLeftOut:
    """Secrets and files are not kept, and that is said."""

    def test_files_are_chosen_again(self, ada, cast, ticket, unit):
        page = ada.get(ticket)
        end_session(unit)
        shown = ada.send(page, message=WRITTEN, files=samples.chosen(("a.pdf", samples.pdf())))
        back = ada.send(shown, email=cast.ada.email, password=cast.ada.password)
        assert typed_in(back) == WRITTEN
        assert AGAIN in back.text

    def test_passwords_are_typed_again(self, ada, cast, unit, kept):
        page = ada.get("/settings/password")
        end_session(unit)
        shown = ada.send(page, current_password=cast.ada.password, password="nine new looms at noon")
        assert shown.path == "/login"
        assert "Nothing has been sent." in shown.text
        assert kept() == []

    def test_a_text_beyond_all_bounds_is_not_kept_and_that_is_said(self, ada, ticket, unit, kept):
        page = ada.get(ticket)
        end_session(unit)
        shown = ada.send(page, message="x" * 140_000)
        assert "we couldn’t keep it" in shown.text
        assert kept() == []

    def test_the_longest_text_that_a_field_takes_is_kept(self, ada, cast, ticket, unit):
        page = ada.get(ticket)
        end_session(unit)
        longest = "𠮷" * 10_000
        back = ada.send(ada.send(page, message=longest), email=cast.ada.email, password=cast.ada.password)
        assert typed_in(back) == longest

    def test_a_browser_that_sends_again_and_again_fills_no_table(self, ada, ticket, unit, kept, monkeypatch):
        from portal.kit import unsent_forms

        monkeypatch.setattr(unsent_forms, "PER_OWNER", "3 per hour")
        page = ada.get(ticket)
        end_session(unit)
        for _each in range(5):
            shown = ada.send(page, message=WRITTEN)
        assert "we couldn’t keep it" in shown.text
        assert len(kept()) == 3

    def test_a_blank_form_and_a_button_keep_nothing(self, ada, ticket, unit, kept):
        page = ada.get(ticket)
        end_session(unit)
        assert KEPT not in ada.send(page, message=" ").text
        assert KEPT not in ada.send(page, action=f"{ticket}/close").text
        assert kept() == []


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_in_a_browser(open_page, cast, ticket, javascript):
    page = open_page(javascript=javascript)
    page.goto(f"/login?next={ticket}")
    page.get_by_label("Email address").fill(cast.ada.email)
    page.get_by_label("Password", exact=True).fill(cast.ada.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{ticket}")
    page.get_by_label("Your reply").fill(WRITTEN)
    other = page.context.new_page()
    other.goto("/home")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/login?**")
    assert KEPT in page.inner_text("main")
    page.get_by_label("Email address").fill(cast.ada.email)
    page.get_by_label("Password", exact=True).fill(cast.ada.password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{ticket}?**")
    assert page.get_by_label("Your reply").input_value() == WRITTEN
    assert BACK in page.inner_text("main")
