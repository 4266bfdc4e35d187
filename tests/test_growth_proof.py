"""What `make prove` says of growth: what has grown is told by its name, and what has not is not."""

from __future__ import annotations

import pytest

from benchmarks import growth, plans
from benchmarks.growth import MOST_TIMES, Line
from benchmarks.plans import Look, Plan

ADA = "SELECT 1 FROM person"
BY_INDEX, WHOLE = Plan(ADA, "Index Scan by pk_person person"), Plan(ADA, "Seq Scan whole person")


def told(few: Look, many: Look) -> list[str]:
    return plans.differences({"/home": few}, {"/home": many}, tables={"person"})


def test_the_same_plans_and_statements_are_no_difference() -> None:
    assert told(Look(2, [BY_INDEX]), Look(2, [BY_INDEX])) == []


def test_one_statement_more_is_told() -> None:
    assert told(Look(2, [BY_INDEX]), Look(3, [BY_INDEX])) == ["/home: 2 statements become 3"]


def test_another_plan_is_told() -> None:
    (fault,) = told(Look(1, [BY_INDEX]), Look(1, [Plan(ADA, "Index Scan by ix_person_name person")]))
    assert fault.startswith("/home: Index Scan by pk_person person\n  becomes Index Scan by ix_person_name person")


def test_of_long_plans_the_difference_is_told() -> None:
    steps = [f"Index Scan by ix_{number} visit" for number in range(99)]
    changed = [*steps[:70], "Seq Scan whole visit", *steps[71:]]
    (fault,) = told(*(Look(1, [Plan(ADA, ", ".join(each))]) for each in (steps, changed)))
    assert "by ix_70 visit" in fault and "Seq Scan whole visit" in fault
    assert "by ix_1 " not in fault and len(fault) < 1000


def test_a_table_that_grows_and_is_read_whole_is_told_also_where_it_was_so_before() -> None:
    assert told(Look(1, [WHOLE]), Look(1, [WHOLE])) == [f"/home reads all of person, for {ADA}"]
    small = Plan(ADA, "Seq Scan whole staff_role")
    assert told(Look(1, [small]), Look(1, [small])) == []


@pytest.mark.parametrize(("after", "is_above"), [([1.2, 1.2, 9.0], False), ([1.3, 1.3, 0.1], True)])
def test_what_costs_more_than_its_bound_is_told(
    after: list[float], is_above: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    table = {"/home": Line([1.0, 1.0, 1.0], after, MOST_TIMES), "/login": Line([2.0], [2.0], MOST_TIMES)}
    faults = growth.tell("SQLite", table, {"/home": Look(5, [])})
    assert faults == ([f"/home costs {after[0]:.2f} times as much"] if is_above else [])
    marked = [line for line in capsys.readouterr().out.splitlines() if line.endswith("ABOVE")]
    assert [line.split()[0] for line in marked] == ["/home"] * is_above


def test_each_round_is_compared_with_itself() -> None:
    """A machine that is busy for a while is so for both."""
    assert Line([1.0, 5.0, 1.0], [1.1, 5.5, 1.1], MOST_TIMES).times == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("node", "shape"),
    [
        ({"Node Type": "Seq Scan", "Relation Name": "visit"}, "Seq Scan whole visit"),
        ({"Node Type": "Index Only Scan", "Index Name": "ix", "Relation Name": "visit"}, "Index Scan by ix whole visit"),
        (
            {"Node Type": "Index Only Scan", "Index Name": "ix", "Relation Name": "visit", "Index Cond": "x"},
            "Index Scan by ix visit",
        ),
        (
            {
                "Node Type": "Sort",
                "Plans": [
                    {
                        "Node Type": "Bitmap Heap Scan",
                        "Relation Name": "visit",
                        "Plans": [{"Node Type": "Bitmap Index Scan", "Index Name": "ix", "Index Cond": "x"}],
                    }
                ],
            },
            "Index Scan by ix visit",
        ),
        (
            {"Node Type": "Sort", "Plans": [{"Node Type": "Seq Scan", "Relation Name": "visit"}]},
            "Sort (Seq Scan whole visit)",
        ),
    ],
)
def test_what_is_one_shape_and_what_is_not(node: dict[str, object], shape: str) -> None:
    assert plans._shape(node) == shape


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("SCAN visit", "whole visit"),
        ("SCAN visit USING COVERING INDEX ix", "whole visit USING COVERING INDEX ix"),
        ("SEARCH visit USING INDEX ix (subject_id=?)", "SEARCH visit USING INDEX ix (subject_id=?)"),
        ("SCAN CONSTANT ROW", "SCAN CONSTANT ROW"),
    ],
)
def test_a_scan_of_sqlites_is_a_reading_of_the_whole(step: str, said: str) -> None:
    assert plans._step_of_sqlite(step) == said
