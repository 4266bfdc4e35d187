"""The table of who may enter, gathered from the areas: each says in its tests' `gates.py` what is behind its own doors.

`DOORS` gives for each endpoint the gate before it; `THINGS` for each that names one thing in its address, by which value
it is named and what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

PUBLIC, SIGNED_IN, FRESH, TICKETS, RIGHTS, CONSOLE = "public", "signed in", "fresh", "tickets", "rights", "console"
ORGANISATION, SENIORS = "organisation", "seniors"

NO_AREA = {"probes": "kit", "static": "kit"}
"""Blueprints, and the one endpoint of Flask's own, that belong to no area: the tools answer for them."""


def owner(endpoint: str) -> str:
    """Return whose table an endpoint belongs in: its area's."""
    blueprint = endpoint.partition(".")[0]
    return NO_AREA.get(blueprint, blueprint)


def tables() -> dict[str, ModuleType]:
    """Return the areas' tables by area."""
    areas = {path.parent.name for path in Path(__file__).parents[1].glob("*/gates.py")} - {Path(__file__).parent.name}
    return {area: import_module(f"tests.{area}.gates") for area in sorted(areas)}


def gathered(name: str) -> dict[str, Any]:
    """Return one table of all areas: "DOORS" or "THINGS"."""
    return {endpoint: value for table in tables().values() for endpoint, value in getattr(table, name, {}).items()}


def out_of_place(found: dict[str, Iterable[str]]) -> list[str]:
    """Name the endpoints that stand in another area's table: so none stands in two."""
    return [f"{endpoint} in tests/{area}" for area, names in found.items() for endpoint in names if owner(endpoint) != area]
