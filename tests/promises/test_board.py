"""The public page of promises: kept only when a check looked lately and found it so."""

import json

import pytest

from portal.jobs import worker
from portal.kit import checks
from portal.kit.checks import Check, failed, passed
from portal.promises import service
from portal.promises.catalogue import SECTIONS
from portal.promises.service import PromiseStatus


@pytest.fixture
def looking_at(app, monkeypatch):
    """Put checks of the test's own in place of the portal's."""

    def put(*own):
        monkeypatch.setitem(app.extensions, "portal.checks", own)

    return put


def a_check(run, promise="P05", name="one"):
    return Check(promise=promise, name=name, what="A test looks.", run=run)


def status(unit, promise="P05"):
    with unit():
        lines = {line.promise.id: line for chapter in service.board() for line in chapter.lines}
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
    looking_at(a_check(lambda: passed()))
    assert status(unit) is PromiseStatus.STALE
    run(unit)
    assert status(unit) is PromiseStatus.KEPT


def test_a_look_that_a_clock_ahead_has_dated_says_nothing_about_today(unit, looking_at, clock):
    looking_at(a_check(lambda: passed()))
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
    looking_at(a_check(lambda: passed(), name="good"), a_check(lambda: failed("two rows too old"), name="bad"))
    run(unit)
    assert status(unit) is PromiseStatus.BROKEN
    section = client.get("/promises").soup.find(id="P05")
    assert "Broken" in section.text
    assert "two rows too old" in section.text


def test_a_check_that_cannot_run_counts_as_broken_and_tells_no_secret(unit, looking_at):
    def explode():
        raise ValueError("ada@example.com")

    looking_at(a_check(explode))
    with unit():
        (result,) = service.run_checks()
    assert not result.ok
    assert "ada@example.com" not in result.detail


def test_an_old_result_says_nothing_any_more(unit, looking_at, clock):
    looking_at(a_check(lambda: passed()))
    run(unit)
    clock.forward(hours=4)
    assert status(unit) is PromiseStatus.STALE


def test_since_when_is_remembered_until_it_changes(unit, looking_at, clock):
    looking_at(a_check(lambda: passed()))
    run(unit)
    clock.forward(hours=1)
    with unit():
        (again,) = service.run_checks()
        assert again.since_at < again.checked_at
    looking_at(a_check(lambda: failed("x")))
    with unit():
        (turned,) = service.run_checks()
        assert turned.since_at == turned.checked_at


def test_a_promise_not_built_is_never_kept(unit, looking_at):
    looking_at(a_check(lambda: passed(), promise="P29"))
    run(unit)
    assert status(unit, "P29") is PromiseStatus.NOT_BUILT


def test_the_checks_run_by_the_clock(app, unit, run_jobs, clock):
    with app.app_context():
        worker.tick()
    clock.forward(hours=1, minutes=1)
    with app.app_context():
        worker.tick()
    run_jobs()
    with unit():
        assert all(run.result for chapter in service.board() for line in chapter.lines for run in line.runs)


def test_every_check_of_the_portal_belongs_to_a_promise(app):
    ids = {promise.id for section in SECTIONS for promise in section.promises}
    with app.app_context():
        assert {check.promise for check in checks.checks()} <= ids
        assert checks.checks()


def test_the_command_fails_when_a_promise_is_broken(command, looking_at):
    looking_at(a_check(lambda: passed(), name="good"), a_check(lambda: failed("why"), name="bad"))
    result = command("promises", "check", "--json")
    assert result.exit_code == 1
    assert {row["check"]: row["ok"] for row in json.loads(result.output)} == {"good": True, "bad": False}


def test_the_command_succeeds_when_all_are_kept(command, looking_at):
    looking_at(a_check(lambda: passed()))
    assert command("promises", "check").exit_code == 0
