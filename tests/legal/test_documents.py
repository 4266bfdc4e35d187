"""A visitor reads the documents; a word or a figure cannot change without a new version."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.kit import clock
from portal.kit.checks import state
from portal.legal import checks, documents, policy

DOCUMENTS = ("/privacy", "/terms", "/eula")
OTHERS = ("/privacy/history", "/vendors", "/cookies", "/security")
CHANGED_PERIODS = ("visits", "backups", "request_answer", "deletion_undo", "breach_notice", "consent", "reset_link")


def check(promise):
    return next(each for each in checks.CHECKS if each.promise == promise)


def test_a_visitor_reads_from_the_home_page_to_every_document(client):
    links = {link["href"] for link in client.page("/").soup.find_all("a", href=True)}
    assert {"/privacy", "/terms", "/eula", "/vendors", "/cookies", "/security"} <= links
    for path in (*DOCUMENTS, *OTHERS):
        assert client.page(path).title


def test_the_policy_reflects_every_promise(client):
    page = client.page("/privacy").soup
    linked = {link["href"].partition("#")[2] for link in page.find_all("a", href=True) if "/promises#" in link["href"]}
    assert linked == {f"P{number:02}" for number in range(1, 47)}


def concerns(app, key):
    """Return whom each clause of a document concerns, as its templates say."""
    source = app.jinja_env.loader.get_source
    names = [section for section in app.jinja_env.list_templates() if section.startswith(f"legal/{key}/")]
    return [said for name in names for said in re.findall(r'call clause\("([a-z ]+)"', source(app.jinja_env, name)[0])]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_clause_says_whom_it_concerns_where_that_is_not_everyone(app, client, path):
    clauses = client.page(path).soup.find_all(class_="clause")
    marked = [clause.find_all(class_="badge") for clause in clauses if clause.find(class_="unseen")]
    expected = [said.split() for said in concerns(app, path.strip("/")) if said != "everyone"]
    assert sorted(map(len, marked)) == sorted(map(len, expected))
    assert len(clauses) == len(concerns(app, path.strip("/")))
    assert all("Everyone" not in clause.get_text() for clause in clauses)


def test_the_policy_begins_with_what_its_sections_say_in_short(client):
    page = client.page("/privacy").soup
    summary = page.find("section", class_="panel")
    assert summary["id"] == "summary"
    rows = summary.find_all("div", recursive=True)
    assert len(rows) == 8
    for row in rows:
        section = page.find("section", id=row.a["href"][1:])
        assert section.h2.get_text() == row.a.get_text()
        assert section.find(class_="lead").get_text() == f"In short. {row.dd.get_text()}"


def test_the_table_of_all_data_stands_beside_nothing(client):
    page = client.page("/privacy").soup
    beside = page.find(class_="read")
    assert beside.find(class_="contents") and not beside.find(id="data")
    assert page.find("main").find("section", id="data", recursive=False)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_each_section_starts_in_short_and_is_in_the_table_of_contents(client, path):
    page = client.page(path).soup
    listed = [link["href"][1:] for link in page.find(class_="contents").find_all("a")]
    sections = page.find_all("section", class_="panel")
    assert listed == [section["id"] for section in sections]
    assert all("In short." in section.find("p").get_text() for section in sections)


def test_the_policy_names_the_company_and_how_to_reach_it(client):
    words = client.page("/privacy").text
    company = policy.COMPANY
    for fact in (
        company.legal_entity,
        company.abn,
        company.phone,
        company.privacy_email,
        company.general_email,
        "2006",
    ):
        assert fact in words


@pytest.mark.parametrize("name", CHANGED_PERIODS)
def test_the_page_follows_the_setting(app, client, monkeypatch, name):
    assert "77 days" not in client.page("/privacy").text
    monkeypatch.setitem(app.extensions["portal.periods"], name, timedelta(days=77))
    assert "77 days" in client.page("/privacy").text


def test_the_table_of_all_data_is_drawn_from_the_register(app, client):
    with app.test_request_context():
        expected = [str(row.what) for row in app.extensions["portal.register"].rows()]
    cells = client.page("/privacy").soup.find(id="data").tbody.find_all("th")
    assert [cell.get_text() for cell in cells] == expected


def test_the_words_shown_are_those_of_the_version_in_force(app):
    with app.app_context():
        shown = {key: documents.fingerprint(each, app.jinja_env) for key, each in documents.DOCUMENTS.items()}
    assert shown == {key: each.in_force(clock.today()).fingerprint for key, each in documents.DOCUMENTS.items()}


def test_a_changed_figure_without_a_new_version_breaks_the_promise(app, monkeypatch):
    monkeypatch.setitem(policy.PERIODS, "visits", replace(policy.PERIODS["visits"], length=timedelta(days=15)))
    with app.app_context():
        finding = check("P42").run()
    assert not finding.ok
    assert finding.statements == (state("no_new_version", documents=["privacy"]),)


def test_a_changed_word_without_a_new_version_breaks_the_promise(app, monkeypatch):
    change_source(monkeypatch, "legal/eula/_rights.html", "The software stays ours.", "The software stays mine.")
    with app.app_context():
        finding = check("P42").run()
    assert finding.statements == (state("no_new_version", documents=["eula"]),)


def test_laying_a_page_out_in_another_way_needs_no_new_version(app, monkeypatch):
    change_source(monkeypatch, "legal/eula/_rights.html", "<p>", '<p class="quiet">')
    with app.app_context():
        assert check("P42").run().ok


def test_another_name_of_a_period_in_the_code_needs_no_new_version(app, monkeypatch):
    monkeypatch.setitem(policy.PERIODS, "visits", replace(policy.PERIODS["visits"], name="traffic_log"))
    with app.app_context():
        assert check("P42").run().ok


def change_source(monkeypatch, name, old, new):
    """Show documents.py a template with other words in it."""
    true_source = documents.source

    def source(asked, environment):
        text = true_source(asked, environment)
        if asked == name:
            assert old in text
            return text.replace(old, new)
        return text

    monkeypatch.setattr(documents, "source", source)


def test_a_form_made_by_hand_breaks_the_promise_of_the_link(app, monkeypatch):
    change_source(monkeypatch, "legal/history.html", "{% block main %}", '{% block main %}<form><input name="email"></form>')
    with app.app_context():
        finding = check("P01").run()
    assert not finding.ok
    assert finding.statements == (state("asks_unlinked", page="legal/history.html"),)


def test_a_form_that_switches_its_link_off_breaks_the_promise(app, monkeypatch):
    sly = "{% block main %}{% call forms.form(form, personal=false) %}{{ forms.field(form.email) }}{% endcall %}"
    change_source(monkeypatch, "legal/history.html", "{% block main %}", sly)
    with app.app_context():
        assert not check("P01").run().ok


def test_naming_the_account_to_a_password_manager_asks_for_nothing(app, monkeypatch):
    named = "{% block main %}{% call forms.form(form, personal=false) %}{{ forms.username(actor.email) }}{% endcall %}"
    change_source(monkeypatch, "legal/history.html", "{% block main %}", named)
    with app.app_context():
        assert check("P01").run().ok


def test_a_foot_without_the_link_breaks_the_promise(app, monkeypatch):
    change_source(monkeypatch, "components/site.html", '("legal.privacy", ', "(")
    with app.app_context():
        assert state("not_linked", template="components/site.html", part="footer") in check("P01").run().statements
