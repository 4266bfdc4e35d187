"""Restricting every use: one switch in one's settings, in force at once, seen by our team, lifted at any time (P27)."""

from __future__ import annotations

import pytest

from portal.consent import service as consent

PATH = "/settings/privacy/restriction"


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def usable(unit, person) -> set[str]:
    with unit():
        return {key for key, on in consent.purpose_states(person.account_id).items() if on}


def test_one_click_restricts_and_another_lifts_and_each_choice_is_as_before(ada, cast, unit):
    ada.submit("/settings/communication", betas=None)
    before = usable(unit, cast.ada)
    assert before
    page = ada.submit(PATH, action=f"{PATH}/on")
    assert "restricted from now on" in page.text
    assert usable(unit, cast.ada) == set()
    page = ada.submit(PATH, action=f"{PATH}/off")
    assert "lifted" in page.text
    assert usable(unit, cast.ada) == before


def test_the_page_says_since_when_and_privacy_leads_to_it(ada):
    assert [link["href"] for link in ada.get("/settings/privacy").soup.find_all("a")].count(PATH) == 1
    assert "Since " not in ada.get(PATH).soup.find("main").text
    page = ada.submit(PATH, action=f"{PATH}/on")
    assert "Since " in page.soup.find("main").text
    assert not page.soup.find("form", action=f"{PATH}/on")


def test_again_changes_nothing(ada, cast, unit):
    page = ada.get(PATH)
    for _again in range(2):
        ada.send(page, action=f"{PATH}/on")
    with unit():
        assert len(consent.decisions_for(cast.ada.account_id)) == 1
    assert ada.get("/settings/privacy/requests").text.count("You restricted the use of your data") == 1


def test_nobody_elses_data_is_restricted(ada, cast, unit):
    before = usable(unit, cast.ben)
    ada.submit(PATH, action=f"{PATH}/on")
    assert usable(unit, cast.ben) == before


def test_a_switch_that_is_restricted_stays_off_and_says_so(ada):
    ada.submit(PATH, action=f"{PATH}/on")
    assert "stays off: you’ve restricted this use" in ada.submit("/settings/communication", betas="on").text


class TestOurTeam:
    @pytest.fixture
    def sam(self, cast):
        return cast.sign_in_staff(cast.sam)

    @pytest.fixture
    def ticket(self, ada):
        ada.submit("/contact", subject="Curved hems", message="They come out uneven.")
        return ada.get("/support").soup.select_one("table a")["href"].rsplit("/", 1)[-1]

    def search(self, sam, cast) -> str:
        return sam.submit("/admin/tickets", wanted=cast.ada.email).soup.find("table").get_text(" ")

    def test_sees_that_it_is_restricted_and_not_an_absence(self, ada, sam, ticket):
        assert "Restricted" not in sam.get("/admin/tickets").text
        ada.submit(PATH, action=f"{PATH}/on")
        page = sam.get("/admin/tickets")
        assert "Restricted" in page.soup.find("table").text and "Curved hems" in page.soup.find("table").text
        assert "use what they wrote for nothing else" in sam.get(f"/admin/tickets/{ticket}").text
        ada.submit(PATH, action=f"{PATH}/off")
        assert "Restricted" not in sam.get(f"/admin/tickets/{ticket}").text

    def test_finds_of_what_is_closed_no_more_than_that_it_is_there(self, ada, sam, ticket, cast):
        ada.submit(f"/support/{ticket}", action=f"/support/{ticket}/close")
        assert "Curved hems" in self.search(sam, cast)
        ada.submit(PATH, action=f"{PATH}/on")
        found = self.search(sam, cast)
        assert "Restricted" in found and "Curved hems" not in found and "Ada" not in found

    def test_finds_a_guest_as_before(self, client, sam):
        client.submit("/contact", name="Iris", email="iris@example.com", subject="No account", message="And a question.")
        assert "Restricted" not in sam.get("/admin/tickets").text and "No account" in sam.get("/admin/tickets").text
