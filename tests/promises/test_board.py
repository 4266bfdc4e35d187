"""The public page of promises: kept only when a check looked lately and found it so."""

import json
import re

import pytest

from portal.consent import service as consent
from portal.jobs import worker
from portal.kit import checks
from portal.kit.checks import Check, failed, nothing_yet, passed
from portal.kit.i18n import ngettext
from portal.promises import service
from portal.promises.catalogue import SECTIONS, Built
from portal.promises.service import PromiseStatus

SAYS = {
    "seen": lambda rows: ngettext("%(num)s row is too old.", "%(num)s rows are too old.", rows),
    "fine": lambda: "All is well.",
    "no_file": lambda: "No files yet.",
}


@pytest.fixture
def looking_at(app, monkeypatch):
    """Put checks of the test's own in place of the portal's."""

    def put(*own):
        monkeypatch.setitem(app.extensions, "portal.checks", own)

    return put


def a_check(run, promise="P05", name="one"):
    return Check(promise=promise, name=name, what="A test looks.", run=run, says=SAYS)


def status(unit, promise="P05"):
    with unit():
        lines = {line.promise.id: line for chapter in service.board(service.standing()) for line in chapter.lines}
    return lines[promise].status


def run(unit):
    with unit():
        service.run_checks()


def test_every_promise_of_the_policy_is_on_the_page(client):
    page = client.get("/promises")
    ids = {section["id"] for section in page.soup.select("section.promise")}
    assert ids == {f"P{number:02}" for number in range(1, 49)}


def test_ids_are_in_order_and_unique():
    ids = [promise.id for section in SECTIONS for promise in section.promises]
    assert ids == sorted(set(ids))


def test_a_promise_that_no_check_looked_at_is_not_called_kept(unit, looking_at):
    looking_at(a_check(lambda: passed("fine")))
    assert status(unit) is PromiseStatus.STALE
    run(unit)
    assert status(unit) is PromiseStatus.KEPT


def test_a_look_that_a_clock_ahead_has_dated_says_nothing_about_today(unit, looking_at, clock):
    looking_at(a_check(lambda: passed("fine")))
    clock.forward(days=400)
    run(unit)
    clock.forward(days=-400)
    assert status(unit) is PromiseStatus.STALE
    run(unit)
    assert status(unit) is PromiseStatus.KEPT


def test_a_promise_without_a_check_is_shown_as_not_checked(unit, looking_at):
    looking_at()
    assert status(unit) is PromiseStatus.UNCHECKED


def test_one_broken_check_breaks_the_promise(unit, looking_at, client):
    looking_at(a_check(lambda: passed("fine"), name="good"), a_check(lambda: failed("seen", rows=2), name="bad"))
    run(unit)
    assert status(unit) is PromiseStatus.BROKEN
    section = client.get("/promises").soup.find(id="P05")
    assert "Broken" in section.text
    assert "2 rows are too old." in section.text


def test_a_check_that_cannot_run_counts_as_broken_and_tells_no_secret(unit, looking_at):
    def explode():
        raise ValueError("ada@example.com")

    looking_at(a_check(explode))
    with unit():
        (run,) = service.run_checks()
        assert run.sentences == ["The check itself failed (ValueError)."]
    assert not run.result.ok
    assert "ada@example.com" not in str(run.result.findings)


def test_an_old_result_says_nothing_any_more(unit, looking_at, clock):
    looking_at(a_check(lambda: passed("fine")))
    run(unit)
    clock.forward(hours=4)
    assert status(unit) is PromiseStatus.STALE


def test_since_when_is_remembered_until_it_changes(unit, looking_at, clock):
    looking_at(a_check(lambda: passed("fine")))
    run(unit)
    clock.forward(hours=1)
    with unit():
        (again,) = service.run_checks()
        assert again.result.since_at < again.result.checked_at
    looking_at(a_check(lambda: failed("seen", rows=1)))
    with unit():
        (turned,) = service.run_checks()
        assert turned.result.since_at == turned.result.checked_at


def test_a_promise_not_built_is_never_kept(unit, looking_at):
    looking_at(a_check(lambda: passed("fine"), promise="P29"))
    run(unit)
    assert status(unit, "P29") is PromiseStatus.NOT_BUILT


def test_a_promise_partly_built_is_never_kept_and_says_what_is_missing(unit, looking_at, client):
    looking_at(a_check(lambda: passed("fine"), promise="P36"))
    run(unit)
    assert status(unit, "P36") is PromiseStatus.PARTLY_BUILT
    section = client.get("/promises").soup.find(id="P36").text
    assert "Partly built" in section
    assert "Grants for everything else will follow." in section


def test_a_promise_partly_built_that_no_check_looks_at_says_so_too(unit, looking_at):
    looking_at()
    assert status(unit, "P09") is PromiseStatus.PARTLY_BUILT


@pytest.mark.parametrize("promise", ["P05", "P36", "P29"])
def test_a_failed_check_shows_red_however_much_is_built(unit, looking_at, client, promise):
    looking_at(a_check(lambda: failed("seen", rows=1), promise=promise))
    run(unit)
    assert status(unit, promise) is PromiseStatus.BROKEN
    assert "Broken" in client.get("/promises").soup.find(id=promise).h3.text


def test_an_old_failure_stays_red_until_a_check_sees_otherwise(unit, looking_at, clock):
    looking_at(a_check(lambda: failed("seen", rows=1), promise="P29"))
    run(unit)
    clock.forward(days=2)
    assert status(unit, "P29") is PromiseStatus.BROKEN


@pytest.mark.parametrize("promise", ["P05", "P27"])
def test_what_nobody_uses_yet_is_not_called_kept(unit, looking_at, client, promise):
    looking_at(a_check(lambda: nothing_yet("no_file"), promise=promise))
    run(unit)
    assert status(unit, promise) is PromiseStatus.NOTHING_YET
    section = client.get("/promises").soup.find(id=promise).text
    assert "Nothing to check yet" in section
    assert "Kept" not in section


def test_one_check_that_saw_something_is_enough_to_call_it_kept(unit, looking_at):
    looking_at(a_check(lambda: nothing_yet("no_file"), name="empty"), a_check(lambda: passed("fine"), name="good"))
    run(unit)
    assert status(unit) is PromiseStatus.KEPT


def test_that_each_email_asks_first_is_seen_before_anybody_has_objected(unit, cast):
    run(unit)
    assert [status(unit, promise) for promise in ("P15", "P27")] == [PromiseStatus.PARTLY_BUILT, PromiseStatus.KEPT]
    with unit():
        no = {"choice": consent.Choice.OBJECTED, "mechanism": consent.Mechanism.SETTINGS}
        consent.decide(cast.ada.account_id, purpose="betas", **no)
    run(unit)
    assert [status(unit, promise) for promise in ("P15", "P27")] == [PromiseStatus.PARTLY_BUILT, PromiseStatus.KEPT]


def test_a_new_portal_claims_nothing_that_nobody_has_done_yet(app, unit):
    run(unit)
    assert [status(unit, promise) for promise in ("P16", "P28")] == [PromiseStatus.NOTHING_YET] * 2


def test_a_part_that_is_missing_is_named_where_something_is_built():
    promises = [promise for section in SECTIONS for promise in section.promises]
    assert {promise.id for promise in promises if promise.missing} == {
        promise.id for promise in promises if promise.built is Built.PARTLY
    }


def test_what_is_not_built_is_told_as_a_plan(client):
    page = client.get("/promises").soup
    assert "How we will enforce it" in page.find(id="P29").text
    assert "How we enforce it" in page.find(id="P36").text


def figures(soup):
    return {
        name: int(number) for name, number in re.findall(r"([A-Z][a-z ]+): (\d+)", soup.select_one("section.panel").text)
    }


def test_the_counts_add_up_and_every_page_says_the_same(unit, client, cast):
    run(unit)
    page = client.get("/promises").soup
    counts = figures(page)
    assert sum(counts.values()) == len(page.select("section.promise"))
    assert counts["Kept"] == len([each for each in page.select("section.promise h3") if each.text.rstrip().endswith("Kept")])
    said = f"{counts['Kept']} of {sum(counts.values())}"
    assert f"{said} promises checked automatically and kept" in page.text
    kept = f"All {counts['Kept']} promises that are fully built are kept"
    assert kept in client.get("/").text
    assert kept in cast.sign_in(cast.ada).get("/home").text


def test_the_checks_run_by_the_clock(app, unit, run_jobs, clock):
    with app.app_context():
        worker.tick()
    clock.forward(hours=1, minutes=1)
    with app.app_context():
        worker.tick()
    run_jobs()
    with unit():
        chapters = service.board(service.standing())
        assert all(run.result for chapter in chapters for line in chapter.lines for run in line.runs)


def test_every_check_of_the_portal_belongs_to_a_promise(app):
    ids = {promise.id for section in SECTIONS for promise in section.promises}
    with app.app_context():
        assert {check.promise for check in checks.checks()} <= ids
        assert checks.checks()


def test_the_command_fails_when_a_promise_is_broken(command, looking_at):
    looking_at(a_check(lambda: passed("fine"), name="good"), a_check(lambda: failed("seen", rows=1), name="bad"))
    result = command("promises", "check", "--json")
    assert result.exit_code == 1
    rows = {row["check"]: (row["ok"], row["outcome"], row["detail"]) for row in json.loads(result.output)}
    assert rows == {"good": (True, "passed", "All is well."), "bad": (False, "failed", "1 row is too old.")}
    assert [row["findings"] for row in json.loads(result.output)][1] == [{"code": "seen", "values": {"rows": 1}}]


def test_the_command_succeeds_when_all_are_kept(command, looking_at):
    looking_at(a_check(lambda: passed("fine"), name="good"), a_check(lambda: nothing_yet("no_file"), name="empty"))
    result = command("promises", "check")
    assert result.exit_code == 0
    assert "nothing to check yet" in result.output
