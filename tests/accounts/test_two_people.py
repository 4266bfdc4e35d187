"""Two people in one browser: what was opened as one of them never changes the other's account (B05)."""

import pytest

from tests.accounts.walk import is_in, sign_in

pytestmark = pytest.mark.both_databases

CHANGED = "signed in to another account"


@pytest.fixture
def swapped(client, cast):
    """Ben's browser, in which a tab of Ada's is still open: `swapped("/settings/profile")` is that tab."""

    def open_and_swap(path):
        sign_in(client, cast.ada)
        page = client.get(path)
        client.post("/logout", csrf_token=page.fields()["csrf_token"])
        sign_in(client, cast.ben)
        return page

    return open_and_swap


def test_a_form_of_before_saves_nothing_and_shows_nothing_of_the_other(client, cast, swapped):
    page = client.send(swapped("/settings/profile"), name="Ada Renamed")
    assert page.status == 422
    assert CHANGED in page.text
    assert page.fields("/settings/profile")["name"] == cast.ben.name
    assert "Ada Renamed" not in page.response.text
    assert client.get("/settings/profile").fields("/settings/profile")["name"] == cast.ben.name


def test_sending_the_page_that_came_back_saves_what_stands_in_it(client, cast, swapped):
    page = client.send(swapped("/settings/profile"), name="Ada Renamed")
    client.send(page, action="/settings/profile")
    assert client.get("/settings/profile").fields("/settings/profile")["name"] == cast.ben.name


def test_a_button_of_before_does_nothing(client, cast, swapped):
    cast.sign_in(cast.ada)
    stale = swapped("/settings/security")
    page = client.send(stale, action="/settings/sessions/revoke-others")
    assert CHANGED in page.text
    assert is_in(client)


def test_a_form_is_marked_with_its_person_and_the_mark_tells_nothing(cast):
    marks = set()
    for person in (cast.ada, cast.ben):
        page = cast.sign_in(person).get("/settings/profile")
        mark = page.fields("/settings/profile")["person_stamp"]
        assert str(person.id) not in page.response.text
        marks.add(mark)
    assert len(marks) == 2


def test_a_visitors_form_carries_no_mark(client):
    assert "person_stamp" not in client.get("/contact").fields()


def test_what_a_visitor_wrote_before_signing_in_is_kept(client, cast):
    page = client.get("/contact")
    sign_in(client, cast.ada)
    again = client.send(page, name="Ada", email=cast.ada.email, subject="A question", message="How do I print a marker?")
    assert again.status == 422
    assert "How do I print a marker?" in again.response.text
