"""Where am I: every page stands in a menu or below one, says so, and is on the map of the README."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.conftest import Page, Visitor
from tests.people import Cast
from tests.pictures.scenes import pages
from tests.rules.source import ROOT

MENU = {"Home": "/home", "Settings": "/settings/profile", "Support": "/support"}
SETTINGS = {
    "Profile": "/settings/profile",
    "Email": "/settings/email",
    "Password": "/settings/password",
    "Security": "/settings/security",
    "Privacy": "/settings/privacy",
    "Email preferences": "/settings/communication",
    "Organisations": "/organisation",
}
BELOW = {
    "/settings/avatar": ["Settings"],
    "/settings/second-factor": ["Settings", "Security"],
    "/settings/privacy/data": ["Settings", "Privacy"],
    "/settings/privacy/delete": ["Settings", "Privacy"],
    "/settings/privacy/requests": ["Settings", "Privacy"],
    "/settings/privacy/orders": ["Settings", "Privacy"],
    "/settings/privacy/restriction": ["Settings", "Privacy"],
    "/settings/privacy/visits": ["Settings", "Privacy"],
    "/settings/privacy/who-looked": ["Settings", "Privacy"],
    "/organisation/new": ["Settings", "Organisations"],
    "/contact": ["Support"],
    "/licences": ["Home"],
}
"""Pages below those of the menus -> the menus' names of what stands above."""


@dataclass(frozen=True)
class Row:
    """A row of the map: where, and the addresses of its pages; in bold stand those of a menu."""

    where: str
    paths: list[str]
    bold: list[str]


def rows() -> list[Row]:
    """Return the rows of the map in the README."""
    part = (ROOT / "README.md").read_text().partition("## The map of pages")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]
    return [Row(where, re.findall(r"`(/[^`]*)`", cells), re.findall(r"\*\*`(/[^`]*)`\*\*", cells)) for where, cells in lines]


def written(rule: str) -> str:
    """Return a rule of the route table as the map writes it."""
    return re.sub(r"<[^>]+>", "…", rule)


def links(page: Page, menu: str) -> dict[str, str]:
    """Return the links of a menu: name -> address."""
    (nav,) = page.soup.find_all("nav", attrs={"aria-label": menu})
    return {link.get_text(): link["href"] for link in nav.find_all("a")}


def marked(page: Page, menu: str) -> dict[str, str]:
    """Return what a menu marks: name -> "page" for the one that is shown, "true" for one above it."""
    (nav,) = page.soup.find_all("nav", attrs={"aria-label": menu})
    return {each.get_text(): each["aria-current"] for each in nav.find_all(attrs={"aria-current": True})}


@pytest.fixture
def ada(cast: Cast) -> Visitor:
    return cast.sign_in(cast.ada)


def test_the_map_and_the_routes_are_the_same(app: Flask) -> None:
    there = {written(rule) for _endpoint, _gate, rule in pages(app)}
    on_the_map = {path for row in rows() for path in row.paths}
    assert there - on_the_map == set(), "missing on the map"
    assert on_the_map - there == set(), "on the map, and nowhere else"


def test_what_stands_in_bold_stands_in_a_menu_and_nothing_else_does(client: Visitor, cast: Cast) -> None:
    home = cast.sign_in_staff(cast.sam).get("/home")
    settings = cast.sign_in(cast.ada).get("/settings/profile")
    start = client.get("/")
    shown = [*links(home, "Portal").values(), *links(settings, "Settings").values(), *links(start, "Portal").values()]
    shown += ["/", *links(start, "Policies and contact").values()]
    assert {path for row in rows() for path in row.bold} == set(shown)


def test_every_page_of_a_person_stands_in_a_menu_or_below_one(app: Flask) -> None:
    ways = app.jinja_env.get_template("components/ways.html").module
    own = {endpoint for endpoint, gate, _rule in pages(app) if gate != "public"}
    placed = set(ways.parents) | set(ways.parents.values()) | {"home.home"}  # type: ignore[attr-defined]  # set in the template
    # One proves oneself in the middle of something else; whoever is disabled has one page, and what it leads to.
    assert own - placed == {"accounts.confirm_identity", "disabling.disabled", "disabling.appeal"}
    assert placed <= {endpoint for endpoint, _gate, _rule in pages(app)}


def test_the_menu_of_the_settings_is_in_the_settings_only(ada: Visitor) -> None:
    for path in SETTINGS.values():
        page = ada.get(path)
        assert links(page, "Settings") == SETTINGS
        assert marked(page, "Portal") == {"Settings": "page" if path == "/settings/profile" else "true"}
        assert list(marked(page, "Settings").values()) == ["page"]
        assert page.soup.find(attrs={"aria-label": "Breadcrumb"}) is None
    for path in ("/home", "/support", "/contact", "/privacy", "/promises"):
        page = ada.get(path)
        assert page.soup.find("nav", attrs={"aria-label": "Settings"}) is None
        assert links(page, "Portal") == MENU


def test_support_is_a_section_of_its_own(ada: Visitor) -> None:
    ticket = ada.submit("/contact", subject="A question", message="How do I print a marker?")
    assert marked(ada.get("/support"), "Portal") == {"Support": "page"}
    for page in (ticket, ada.get("/contact")):
        assert marked(page, "Portal") == {"Support": "true"}
        assert links(page, "Breadcrumb") == {"Support": "/support"}


@pytest.mark.parametrize(("path", "way"), BELOW.items())
def test_a_page_below_those_of_the_menus_says_where_it_is(ada: Visitor, path: str, way: list[str]) -> None:
    page = ada.get(path)
    assert page.path == path
    assert list(links(page, "Breadcrumb")) == way
    assert links(page, "Breadcrumb")[way[0]] == MENU[way[0]]
    assert all(address == SETTINGS[name] for name, address in list(links(page, "Breadcrumb").items())[1:])
    assert list(marked(page, "Breadcrumb").values()) == ["page"]
    assert marked(page, "Portal") == {way[0]: "true"}


@pytest.mark.parametrize("path", ["/privacy/history", "/privacy/formats", "/privacy/request"])
def test_a_page_below_the_policy_says_so_to_everybody(client: Visitor, ada: Visitor, path: str) -> None:
    for page in (client.get(path), ada.get(path)):
        assert page.path == path
        assert links(page, "Breadcrumb") == {"Privacy policy": "/privacy"}
        assert marked(page, "Policies and contact") == {"Privacy policy": "true"}


def test_the_menu_of_the_settings_marks_the_page_above(ada: Visitor) -> None:
    assert marked(ada.get("/settings/avatar"), "Settings") == {"Profile": "true"}
    assert marked(ada.get("/settings/privacy/visits"), "Settings") == {"Privacy": "true"}


def test_staff_find_their_way_in_the_console(cast: Cast) -> None:
    ada = cast.sign_in(cast.ada)
    ticket = ada.submit("/contact", subject="A question", message="How do I print a marker?").path.rpartition("/")[2]
    sam = cast.sign_in_staff(cast.sam)
    assert marked(sam.get("/admin/"), "Portal") == {"Console": "page"}
    page = sam.get(f"/admin/tickets/{ticket}")
    assert links(page, "Breadcrumb") == {"Console": "/admin/", "Tickets": "/admin/tickets"}
    assert marked(page, "Portal") == {"Console": "true"}


def test_a_visitor_has_no_breadcrumb(client: Visitor) -> None:
    page = client.get("/contact")
    assert page.soup.find(attrs={"aria-label": "Breadcrumb"}) is None
    assert marked(page, "Portal") == {"Contact support": "page"}


def test_what_others_call_a_page_the_menus_call_it_too(ada: Visitor) -> None:
    """One word for one page (U14): a text that names a menu's page with a capital uses the menu's word."""
    page = ada.get("/settings/communication")
    assert page.title == "Email preferences"
    assert {ada.get(path).title: path for name, path in SETTINGS.items() if name != "Email"} == {
        name: path for name, path in SETTINGS.items() if name != "Email"
    }
