"""Results of checks are kept as codes and values: who reads another language reads them in it."""

from __future__ import annotations

from portal.kit.checks import MOST, state
from portal.promises import service
from tests.language.ready.walk import Walk
from tests.pseudo import mark


def test_a_result_is_said_in_the_language_of_whoever_reads_it(app, cast, outbox, clock, unit) -> None:
    assert cast.ada
    with unit():
        runs = service.run_checks()
        assert "4 vendors in force." in [sentence for run in runs for sentence in run.sentences]
    walk = Walk(app, cast, outbox, clock)
    page = walk.visitor().get("/promises")
    assert mark("%(num)s vendors in force.") % {"num": 4} in page.text
    assert walk.faults == {}


def test_what_another_version_has_stated_is_left_out(app) -> None:
    with app.app_context():
        check = next(check for check in app.extensions["portal.checks"] if check.name == "vendors_complete")
        known, gone, changed = state("in_force", vendors=4), state("as_it_was"), state("in_force", count=4)
        assert len(check.say([known, gone, changed])) == 1


def test_of_a_long_list_the_beginning_is_kept() -> None:
    many = [str(number) for number in range(MOST + 1)]
    assert state("lost", columns=many).values["columns"] == [*many[:MOST], "…"]
