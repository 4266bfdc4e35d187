"""`make prove`: a part at a time, under an hour in all, and no proof that stands in no part."""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks import __main__ as prove
from benchmarks import days
from tests import needs

BENCHMARKS = Path(prove.__file__).parent


def runnable(folder: Path) -> set[str]:
    """Return the modules of a folder that can be run as a program."""
    return {
        path.stem
        for path in folder.glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) and path.stem != "__main__"
    }


def test_every_proof_is_a_part():
    in_parts = {part.module[0].removeprefix("benchmarks.") for part in prove.PARTS.values()} - {"pytest"}
    assert in_parts == runnable(BENCHMARKS)


def test_the_rule_sees_a_proof_that_stands_in_no_part(tmp_path):
    (tmp_path / "planted.py").write_text("if __name__ == '__main__':\n    print('holds')\n")
    (tmp_path / "tool.py").write_text("NAME = 1\n")
    assert runnable(tmp_path) == {"planted"}


def test_help_lists_every_part_and_runs_none(capsys, monkeypatch):
    monkeypatch.setattr(prove, "run", lambda name: pytest.fail(f"{name} was run"))
    assert prove.main(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("WHAT=")[1].split()[0] for line in lines] == list(prove.PARTS)


def test_all_parts_together_take_less_than_an_hour():
    assert sum(part.minutes for part in prove.PARTS.values()) < 60


def test_a_part_can_be_proved_alone_and_an_unknown_one_is_named(capsys, monkeypatch):
    run = []
    monkeypatch.setattr(prove, "run", lambda name: run.append(name) or name != "sweeps")
    assert prove.main(["days"]) == 0
    assert prove.main(["days", "sweeps"]) == 1
    assert run == ["days", "days", "sweeps"]
    assert prove.main(["moon"]) == 2
    assert "no such part: moon; there are: " in capsys.readouterr().err


def test_other_days_need_libfaketime_and_one_line_says_how_to_get_it(capsys, monkeypatch):
    monkeypatch.setattr(needs, "find", lambda _name: None)
    monkeypatch.setattr(needs, "install", lambda _names: None)
    assert days.main([]) == 1
    assert capsys.readouterr().out == needs.how_to_get(days.LIBRARY) + "\n"


def test_the_days_are_in_45_days_in_400_and_29_february_2028():
    now = datetime(2026, 11, 29, 13, tzinfo=UTC)
    assert [now + ahead(now) for ahead in days.DAYS.values()] == [
        now + timedelta(days=45), now + timedelta(days=400), datetime(2028, 2, 29, 0, 30, tzinfo=UTC),
    ]  # fmt: skip


def test_a_day_is_put_forward_without_the_seconds_since_the_start():
    found = days.surroundings("/lib/faketime.so", timedelta(days=45))
    assert (found["LD_PRELOAD"], found["FAKETIME"]) == ("/lib/faketime.so", "+3888000")
    assert found["FAKETIME_DONT_FAKE_MONOTONIC"] == "1"
