"""A new version says what it changes; one of wording alone asks nobody for anything."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.checks import state
from portal.kit.db import db
from portal.kit.i18n import _l
from portal.legal import checks, documents
from portal.legal.documents import Significance


def add_version(monkeypatch, key, significance, *, on, figures=None):
    """Publish a further version of a document, with the words that stand there."""
    document = documents.get(key)
    newest = document.versions[0]
    further = replace(
        newest,
        number=newest.number + 1,
        effective_on=on,
        significance=significance,
        summary=_l("We explain more."),
        figures=figures or newest.figures,
    )
    changed = replace(document, versions=(further, *document.versions))
    monkeypatch.setitem(documents.DOCUMENTS, key, changed)
    return further


def history_of(client, key):
    return client.page("/privacy/history").soup.find(id=key).find_all("li")


def terms_accepted(unit, person):
    with unit():
        return db.session.scalars(select(Person.terms_version).where(Person.id == person.id)).one()


def test_a_version_binds_from_its_day(monkeypatch):
    tomorrow = clock.today() + timedelta(days=1)
    before = documents.get("privacy").in_force(clock.today())
    further = add_version(monkeypatch, "privacy", Significance.SIGNIFICANT, on=tomorrow)
    document = documents.get("privacy")
    assert document.in_force(clock.today()) is before
    assert document.in_force(tomorrow) is further
    assert document.in_force(date(2020, 1, 1)) is document.versions[-1]


def test_the_history_lists_every_version_the_newest_first(client, monkeypatch):
    add_version(monkeypatch, "privacy", Significance.SIGNIFICANT, on=date(2999, 1, 1))
    events = history_of(client, "privacy")
    assert [event.strong.get_text() for event in events] == [
        "Version 7: a significant change", "Version 6: only the wording changed", "Version 5: only the wording changed",
        "Version 4: only the wording changed", "Version 3: only the wording changed", "Version 2: only the wording changed",
        "Version 1: first version",
    ]  # fmt: skip
    assert [event["class"] for event in events] == [["next"], ["now"], ["done"], ["done"], ["done"], ["done"], ["done"]]
    assert "In effect from 1 January 2999" in events[0].get_text()


@pytest.mark.parametrize("key", documents.DOCUMENTS)
def test_the_plain_english_of_each_document_is_a_version_of_wording(client, key):
    newest, plain = documents.get(key).versions[0], documents.get(key).versions[-2]
    assert (plain.number, plain.significance, newest.significance) == (2, Significance.WORDING, Significance.WORDING)
    assert f"/{key}" in [link["href"] for link in client.page("/privacy/history").soup.find(id=key).find_all("a")]
    day = f"{newest.effective_on.day} {newest.effective_on:%B} 2026"
    assert f"Version {newest.number}, in effect since {day}." in client.page(f"/{key}").text


@pytest.mark.parametrize("key", documents.DOCUMENTS)
def test_a_version_of_wording_asks_nobody_to_accept_again_and_sends_nothing(cast, outbox, unit, monkeypatch, key):
    signed_in = cast.sign_in(cast.ada)
    accepted, sent = terms_accepted(unit, cast.ada), len(outbox.all())
    add_version(monkeypatch, key, Significance.WORDING, on=clock.today())
    home = signed_in.page("/home")
    assert home.path == "/home"
    assert documents.get(key).title not in [each.get_text() for each in home.soup.find_all(class_="notice")]
    assert cast.sign_in(cast.ada).page("/home").path == "/home"
    assert len(outbox.all()) == sent
    assert terms_accepted(unit, cast.ada) == accepted


def test_who_signs_up_later_accepts_the_version_in_force(client, outbox, unit, monkeypatch):
    further = add_version(monkeypatch, "terms", Significance.SIGNIFICANT, on=clock.today())
    fields = {"name": "Mei", "email": "mei@example.com", "password": "seven quiet looms at dawn", "accept_terms": "y"}
    client.submit("/signup", **fields)
    client.submit(outbox.last("mei@example.com").link("/verify-email/"))
    with unit():
        assert db.session.scalars(select(Person.terms_version).where(Person.email == "mei@example.com")).one() == str(
            further.number
        )


def test_a_significant_version_says_so_in_the_history(client, monkeypatch):
    further = add_version(monkeypatch, "terms", Significance.SIGNIFICANT, on=clock.today())
    newest = history_of(client, "terms")[0]
    assert newest.strong.get_text() == f"Version {further.number}: a significant change"
    assert newest["class"] == ["now"]
    assert f"Version {further.number}, in effect since" in client.page("/terms").text


def test_a_changed_figure_cannot_be_called_wording(app, monkeypatch):
    add_version(monkeypatch, "terms", Significance.WORDING, on=date(2999, 1, 1), figures="0" * 64)
    with app.app_context():
        finding = next(each for each in checks.CHECKS if each.promise == "P42").run()
    assert finding.statements == (state("more_than_wording", documents=["terms"]),)
