"""What a folder gives the house is one `Area` that app.py names; nothing is imported for its side effect."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import click
import pytest
from flask import Blueprint

from portal import cli
from portal.accounts.routes import factors
from portal.app import AREAS
from portal.kit.area import Area
from portal.kit.checks import Check
from portal.kit.claims import DataClaim
from portal.kit.events import Event
from portal.kit.job_kinds import JobKind
from portal.kit.lasting import Lasting
from tests.rules.source import PORTAL, ROOT, areas, modules
from tests.rules.test_tables import heights

GIVEN = {"routes": Blueprint, "claim": DataClaim, "checks": Check, "jobs": JobKind, "cli": click.Command}
"""File -> the kind of thing that it makes for the house."""


def test_every_folder_has_its_area_and_app_names_each_once():
    assert sorted(area.name for area in AREAS) == areas()
    for area in AREAS:
        assert importlib.import_module(f"portal.{area.name}.area").AREA is area


def test_app_names_them_low_to_high():
    height = heights()
    floors = [height[area.name] for area in AREAS]
    assert floors == sorted(floors)


def test_an_area_and_what_it_gives_bear_the_folders_name():
    misnamed = [
        (area.name, given.name if isinstance(given, Blueprint) else given.area)
        for area in AREAS
        for given in (area.claim, area.blueprint, area.development_blueprint)
        if given and area.name != (given.name if isinstance(given, Blueprint) else given.area)
    ]
    assert misnamed == []


def made_in(module: ModuleType, kind: type) -> Iterator[tuple[str, object]]:
    """Yield what a module makes of a kind with its name there, also inside a tuple or a list."""
    for name, value in vars(module).items():
        for thing in value if isinstance(value, list | tuple) else [value]:
            if isinstance(thing, kind):
                yield name, thing


def handlers_in(module: ModuleType) -> Iterator[tuple[type[Event], object]]:
    """Yield the functions that take an event, with the event."""
    for function in vars(module).values():
        if inspect.isfunction(function):
            for parameter in inspect.signature(function).parameters.values():
                if inspect.isclass(parameter.annotation) and issubclass(parameter.annotation, Event):
                    yield parameter.annotation, function


def given_by(area: Area) -> list[object]:
    """Return everything that an area gives, the commands of its groups among them."""
    grouped = [each for command in area.commands if isinstance(command, click.Group) for each in command.commands.values()]
    given = [area.claim, area.blueprint, area.development_blueprint, *area.checks, *area.jobs, *area.lasting]
    given += [*area.commands, *grouped]
    return [thing for thing in given if thing is not None]


def forgotten(area: Area) -> list[str]:
    """Name what the folder makes for the house and its area does not give."""
    given = set(map(id, given_by(area)))
    found = []
    for role, kind in GIVEN.items():
        if (PORTAL / area.name / f"{role}.py").exists() or (PORTAL / area.name / role).is_dir():
            made = list(made_in(importlib.import_module(f"portal.{area.name}.{role}"), kind))
            assert made or area.name == "kit", f"portal/{area.name}/{role}.py makes nothing: the rule would look at nothing"
            found += [f"{area.name}/{role}: {name}" for name, thing in made if id(thing) not in given]
    if (PORTAL / area.name / "service.py").exists() or (PORTAL / area.name / "service").is_dir():
        service = importlib.import_module(f"portal.{area.name}.service")
        found += [
            f"{area.name}/service: {handler.__name__}"
            for event, handler in handlers_in(service)
            if handler not in area.events.get(event, ())
        ]
        found += [f"{area.name}/service: {name}" for name, thing in made_in(service, Lasting) if id(thing) not in given]
    return found


def test_what_a_folder_makes_for_the_house_its_area_gives():
    assert [each for area in AREAS for each in forgotten(area)] == []


@pytest.mark.parametrize(
    ("name", "without", "missed"),
    [
        ("privacy", {"jobs": ()}, "privacy/jobs: sweep"),
        ("support", {"events": {}}, "support/service: follow_address"),
        ("legal", {"checks": ()}, "legal/checks: CHECKS"),
        ("accounts", {"commands": ()}, "accounts/cli: staff"),
        ("home", {"blueprint": None}, "home/routes: bp"),
        ("newsletter", {"lasting": ()}, "newsletter/service: LASTING"),
    ],
)
def test_the_rule_misses_what_an_area_leaves_out(name, without, missed):
    (area,) = [each for each in AREAS if each.name == name]
    assert missed in forgotten(replace(area, **without))


def unjoined(area: str) -> list[str]:
    """Name the sections of an area's pages that its one blueprint leaves out."""
    whole = importlib.import_module(f"portal.{area}.routes").bp.deferred_functions
    sections = {
        path.stem: importlib.import_module(f"portal.{area}.routes.{path.stem}").bp.deferred_functions
        for path in sorted((PORTAL / area / "routes").glob("[!_]*.py"))
    }
    return [name for name, pages in sections.items() if not pages or any(page not in whole for page in pages)]


SECTIONED = [area for area in areas() if (PORTAL / area / "routes").is_dir()]


def test_every_section_of_an_areas_pages_is_served():
    assert "accounts" in SECTIONED
    assert [f"{area}/routes/{name}" for area in SECTIONED for name in unjoined(area)] == []


def test_the_rule_misses_a_section_that_is_left_out(monkeypatch):
    monkeypatch.setattr(factors, "bp", Blueprint("accounts", __name__))
    assert unjoined("accounts") == ["factors"]
    factors.bp.add_url_rule("/planted", view_func=print)
    assert unjoined("accounts") == ["factors"]


def test_every_command_of_an_area_is_a_command_of_portal():
    assert {command.name for area in AREAS for command in area.commands} <= set(cli.main.commands)


def test_every_event_is_heard_by_somebody():
    heard = {event for area in AREAS for event in area.events}
    assert heard == {event for event in Event.__subclasses__() if event.__module__.startswith("portal.")}


def changed_by_imports(*packages: str, path: Path = ROOT) -> list[str]:
    """Import packages in a fresh interpreter and return which import changed what another module holds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.rules.imports", *packages], env={**os.environ, "PYTHONPATH": f"{ROOT}:{path}"},
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    *changes, looked_at = done.stdout.splitlines()
    assert int(looked_at) >= len(packages)
    return changes


def test_no_module_changes_another_by_being_imported():
    assert changed_by_imports("portal") == []


def test_the_rule_sees_a_registry_that_an_import_fills(tmp_path):
    (tmp_path / "planted_registry.py").write_text("KINDS = {}\nSCHEDULES = ['x']\n")
    (tmp_path / "planted_jobs.py").write_text("import planted_registry\nplanted_registry.KINDS['sweep'] = print\n")
    assert changed_by_imports("planted_jobs", "planted_registry", path=tmp_path) == [
        "planted_jobs changes planted_registry.KINDS"
    ]


UNUSED_IMPORT = re.compile(r"#\s*noqa(?!:)|#\s*noqa:[^#]*\bF401\b|#\s*ruff:\s*noqa")


def test_an_import_is_there_to_be_used():
    """Ruff refuses an import whose name nobody uses (F401); here nothing may be excused from it."""
    excused = [
        f"{module.path}:{number}"
        for module in modules()
        for number, line in enumerate((ROOT / module.path).read_text().splitlines(), 1)
        if UNUSED_IMPORT.search(line)
    ]
    assert excused == []
    assert UNUSED_IMPORT.search("import portal.accounts.jobs  # noqa: F401 (registers its verbs)")
