"""On paper a page says whose it is, where it stood and when; names stay whole; letters are the system's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser import sign_in
from tests.clock import Clock
from tests.conftest import Outbox, Visitor
from tests.people import Cast
from tests.rules.source import ROOT

CSS = (ROOT / "static" / "css" / "portal.css").read_text()
CHINESE = "王小明"
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 2

LINES_OF_THE_NAME = """() => [...document.querySelectorAll('.name')].map(name => {
  const range = document.createRange();
  range.selectNodeContents(name);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
})"""


def paper(visitor: Visitor, path: str) -> str:
    """Return the line that only paper shows."""
    (line,) = visitor.get(path).soup.select(".paper")
    return " ".join(line.get_text(" ").split())


def test_a_page_on_paper_says_whose_it_is_where_it_stood_and_when(client: Visitor, clock: Clock) -> None:
    line = paper(client, "/privacy")
    assert line.startswith("3 Clicks Cloud · Loggia Corp Pty Ltd · ABN 72 275 176 798 · contact@3clickscloud.com")
    assert line.endswith(f"http://localhost/privacy · {clock.day()}")
    clock.forward(days=1)
    assert paper(client, "/privacy").endswith(clock.day())


def test_the_day_on_paper_is_the_reader_s(cast: Cast, clock: Clock) -> None:
    # It is half past nine in UTC, and tomorrow already where the day begins.
    early = cast.make("Ana Kiribati", "ana@example.com", "ana lives where the day begins", zone="Pacific/Kiritimati")
    clock.forward(hours=1)
    assert paper(cast.sign_in(early), "/home").endswith(f"http://localhost/home · {clock.day(days=1)}")


def test_no_token_gets_on_paper(client: Visitor, cast: Cast, outbox: Outbox) -> None:
    client.submit("/forgot-password", email=cast.ada.email)
    link = outbox.last(cast.ada.email).link("reset-password")
    for path in (link, f"{link}x", "/nowhere/secret"):
        assert "http://localhost/ · " in paper(client, path)
        assert path.rpartition("/")[2] not in paper(client, path)


@pytest.mark.parametrize("path", ["/privacy", "/home", "/settings/privacy", "/support", "/login"])
def test_paper_shows_that_line_and_the_text_and_no_menus(open_page: Callable[..., Page], cast: Cast, path: str) -> None:
    page = open_page()
    if path != "/login":
        sign_in(page, cast.sign_in(cast.ada))
    page.goto(path)
    assert not page.locator(".paper").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".paper").is_visible()
    assert page.locator("h1").is_visible()
    for part in (".top", ".side", ".foot", ".skip"):
        assert page.locator(part).count() == 0 or not page.locator(part).is_visible(), part


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_a_name_is_never_broken_in_two(open_page: Callable[..., Page], cast: Cast, width: int) -> None:
    page = open_page()
    sign_in(page, cast.sign_in(cast.make(CHINESE, "ming@example.com", "ming sews every seam by hand")))
    for letters in (100, 130):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/home")
        page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%`; }", letters)
        lines = page.evaluate(LINES_OF_THE_NAME)
        assert lines == [1] * len(lines) != []


def test_a_name_longer_than_the_line_is_broken_rather_than_cut(open_page: Callable[..., Page], cast: Cast) -> None:
    page = open_page(device="phone")
    sign_in(page, cast.sign_in(cast.make(LONG, "wolfe@example.com", "wolfe writes very small letters")))
    page.goto("/home")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_letters_are_the_system_s_own_and_of_one_family(client: Visitor, app: Flask) -> None:
    """One honest system stack: no face is loaded, and headings take no condensed one that a system happens to have."""
    assert "@font-face" not in CSS
    families = set(re.findall(r"font(?:-family)?:[^;]*?(var\(--\w+\)|monospace)", CSS))
    assert families == {"var(--text)", "monospace"}
    (stack,) = re.findall(r"--text: ([^;]+);", CSS)
    assert not re.search(r"condensed|narrow|DIN", stack, re.IGNORECASE)
    assert stack.endswith("sans-serif")
