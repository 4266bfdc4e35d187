"""One switch for each reason to write first: saved together, each decided by itself, in force at once (P15, P27)."""

import pytest

from portal.consent import service as consent

PATH = "/settings/communication"
SWITCHES = ("newsletter", "betas", "research", "follow_up", "error_help", "product_improvement")


@pytest.fixture
def ada(clock, cast):
    return cast.sign_in(cast.ada)


def on(page) -> set[str]:
    return {name for name in page.fields() if name in SWITCHES}


def test_nothing_that_rests_on_consent_is_on_beforehand(ada):
    assert "newsletter" not in on(ada.page(PATH))


def test_what_is_off_until_chosen_stands_apart_from_what_is_on_with_its_reason(ada):
    page = ada.page(PATH)
    asked, on_already = page.soup.find_all("fieldset")
    names = [[box["name"] for box in group.find_all("input", type="checkbox")] for group in (asked, on_already)]
    assert names == [["newsletter"], [name for name in SWITCHES if name != "newsletter"]]
    assert {*names[1]} == on(page), "a new account: what is on is what says that it is"
    assert asked.legend.text == "Off until you choose" and on_already.legend.text == "On unless you object"
    assert "consent" in asked.find(class_="hint").text and "legitimate interest" in on_already.find(class_="hint").text
    assert all(", so that " in each.text for each in on_already.find_all(class_="tick")), "each says its reason"


@pytest.mark.parametrize("switch", SWITCHES)
def test_each_switch_is_a_decision_of_its_own(ada, switch):
    before = on(ada.page(PATH))
    turned = None if switch in before else "on"
    page = ada.submit(PATH, **{switch: turned})
    assert "Your choices apply from now on" in page.text
    assert on(page) == before ^ {switch}
    assert on(ada.submit(PATH, **{switch: "on" if switch in before else None})) == before


def test_an_objection_holds_for_whoever_wishes_to_write(ada, cast, unit):
    ada.submit(PATH, betas=None)
    with unit():
        assert not consent.may_use(cast.ada.account_id, purpose="betas")
        assert consent.may_use(cast.ada.account_id, purpose="follow_up")


def test_saving_without_a_change_decides_nothing(ada, cast, unit):
    ada.submit(PATH)
    ada.submit(PATH)
    with unit():
        assert list(consent.decisions_for(cast.ada.account_id)) == []


def test_a_restricted_use_stays_off_and_says_so(ada, cast, unit):
    with unit():
        consent.decide(
            cast.ada.account_id,
            purpose="betas",
            choice=consent.Choice.RESTRICTED,
            mechanism=consent.Mechanism.SETTINGS,
        )
    page = ada.submit(PATH, betas="on")
    assert "stays off: you’ve restricted this use" in page.text
    assert "betas" not in on(page)


def test_somebody_elses_switches_stay_as_they_are(ada, cast):
    ben = cast.sign_in(cast.ben)
    before = on(ben.page(PATH))
    ada.submit(PATH, **dict.fromkeys(SWITCHES))
    assert on(ben.page(PATH)) == before


def test_an_expired_page_comes_back_as_it_was_filled_in(ada):
    page = ada.page(PATH)
    answer = ada.send(page, csrf_token="expired", newsletter="on")
    assert answer.status == 422
    assert "newsletter" in on(answer)
    assert "newsletter" not in on(ada.page(PATH))
