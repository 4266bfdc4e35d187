"""What may a person be used for? Their last word decides, restrictions above all, and silence never consents."""

import uuid

import pytest
from sqlalchemy import event

from portal.consent import checks, service
from portal.consent.service import EVERYTHING, PURPOSES, Choice, Mechanism
from portal.kit.claims import Ground, Subject, register
from portal.kit.db import db

pytestmark = pytest.mark.both_databases

# Every wording with its fingerprint: who changes the words raises the revision, so that each record says what was read;
# who changes what they mean raises `same_since` too, and the visitors are asked again.
WORDINGS = {
    ("analytics", 3): "946216c369cb86ca",
    ("newsletter", 2): "5fb38e647abe67a9",
    ("betas", 3): "3d036c3a3558afea",
    ("research", 3): "dd9170d4a7bf14d7",
    ("follow_up", 3): "b8d44a69b2d8f1b8",
    ("error_help", 3): "40c3b3103bc792c1",
    ("product_improvement", 4): "49825f7da61d202e",
    ("staff_search", 1): "2c9663153d9b5f68",
}


@pytest.fixture
def person():
    return uuid.uuid4()


def decide(subject_id, purpose, choice):
    service.decide(subject_id, purpose=purpose, choice=Choice(choice), mechanism=Mechanism.SETTINGS)
    db.session.flush()


def test_what_rests_on_consent_needs_a_word_and_the_rest_may_be_objected_to(unit, person):
    with unit():
        standing = service.purpose_states(person)
    assert set(standing) == {
        "analytics", "newsletter", "betas", "research", "follow_up", "error_help", "product_improvement", "staff_search",
    }  # fmt: skip
    assert {key for key, on in standing.items() if not on} == {
        key for key, purpose in PURPOSES.items() if purpose.ground is Ground.CONSENT
    }


@pytest.mark.parametrize("purpose", [key for key in PURPOSES if key != "analytics"])
def test_the_last_word_counts(unit, person, purpose):
    for choice, on in [("granted", True), ("denied", False), ("granted", True), ("objected", False), ("granted", True)]:
        with unit():
            decide(person, purpose, choice)
        with unit():
            assert service.may_use(person, purpose=purpose) is on


def test_a_word_about_one_purpose_moves_no_other_and_no_other_person(unit, person):
    with unit():
        before = service.purpose_states(person)
        decide(person, "betas", "objected")
    with unit():
        assert {key for key, on in service.purpose_states(person).items() if on != before[key]} == {"betas"}
        assert service.may_use(uuid.uuid4(), purpose="betas")


def test_a_grant_of_statistics_lapses_after_its_period(unit, person, clock):
    with unit():
        decide(person, "analytics", "granted")
    clock.forward(days=181)
    with unit():
        assert service.may_use(person, purpose="analytics")
    clock.forward(days=2)
    with unit():
        assert not service.may_use(person, purpose="analytics")


@pytest.mark.parametrize("scope", ["research", EVERYTHING])
def test_a_restriction_stands_above_a_grant_until_it_is_lifted(unit, person, scope):
    for purpose, choice, on in [
        ("research", "granted", True),
        (scope, "restricted", False),
        ("research", "granted", False),
        (scope, "lifted", True),
    ]:
        with unit():
            decide(person, purpose, choice)
        with unit():
            assert service.may_use(person, purpose="research") is on


def test_while_everything_is_restricted_nothing_may_be_used(unit, person):
    with unit():
        decide(person, EVERYTHING, "restricted")
    with unit():
        assert not any(service.purpose_states(person).values())


def test_what_nobody_has_heard_of_is_answered_with_no(unit, person):
    with unit():
        assert not service.may_use(person, purpose="advertising")
        with pytest.raises(KeyError):
            decide(person, "advertising", "granted")
        with pytest.raises(ValueError):
            decide(person, EVERYTHING, "granted")


def test_the_answer_is_one_query_however_often_somebody_changed_their_mind(app, unit, person):
    with unit():
        for _ in range(30):
            decide(person, "betas", "objected")
            decide(person, "betas", "granted")
    seen = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with unit():
        service.purpose_states(person)
        assert len([one for one in seen if "consent_decision" in one]) == 1
        assert len(service.decisions_for(person)) == 60


def test_decisions_are_handed_out_and_erased_with_the_person(unit, person):
    other = uuid.uuid4()
    with unit():
        decide(person, "betas", "objected")
        decide(other, "betas", "objected")
    subject = Subject(person, frozenset())
    with unit():
        rows = [row for dataset in register().export(subject) if dataset.name == "consent_decision" for row in dataset]
        assert [(row["purpose"], row["choice"]) for row in rows] == [("betas", "objected")]
    for _ in range(50):
        with unit():
            if not register().erase(subject):
                break
    with unit():
        assert service.decisions_for(person) == []
        assert len(service.decisions_for(other)) == 1


def test_whoever_changes_the_words_raises_the_revision(app):
    with app.test_request_context():
        now = {(key, purpose.revision): service.hash_words(purpose.words)[:16] for key, purpose in PURPOSES.items()}
    assert now == WORDINGS


def test_the_checks_hold(unit, person):
    with unit():
        decide(person, "betas", "objected")
    with unit():
        assert {check.name: check.run() for check in checks.CHECKS if not check.run().ok} == {}


def broken(name):
    return not next(check for check in checks.CHECKS if check.name == name).run().ok


def test_google_before_consent_turns_p22_red(unit, monkeypatch):
    monkeypatch.setattr(
        checks.analytics.browser, "extra_sources", lambda: {"script-src": "https://www.googletagmanager.com"}
    )
    with unit():
        assert broken("nothing_before_consent")


def test_a_louder_yes_turns_p22_red(unit, monkeypatch):
    real = checks.analytics.render
    monkeypatch.setattr(
        checks.analytics, "render", lambda *a, **kw: real(*a, **kw).replace('class="button secondary"', 'class="button"', 1)
    )
    with unit():
        assert broken("as_easy_to_refuse")


def test_a_fifth_cookie_turns_p22_red(unit, monkeypatch):
    monkeypatch.setattr(checks.analytics.cookies, "GOOGLE_NAMES", ("a", "b", "c", "d", "e"))
    with unit():
        assert broken("few_cookies")


def test_an_objection_that_is_passed_over_turns_p15_red(unit, person, monkeypatch):
    monkeypatch.setattr(service, "_allows", lambda purpose, chosen: True)
    with unit():
        decide(person, "betas", "objected")
        assert broken("no_is_no")
        assert broken("silence_is_no")
