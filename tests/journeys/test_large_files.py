"""Files that are too large: told of before anything is sent, and without a script by the form that comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser import sign_in
from tests.people import Cast
from tests.support import samples

# What a browser refuses, and what a page says, is the same on both databases.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MB = 1024 * 1024


def pdf(folder: Path, name: str, size: int = 0) -> Path:
    """Make a file to choose."""
    path = folder / name
    path.write_bytes(samples.pdf() + b"\n" * size)
    return path


def fill(page: Page) -> None:
    page.goto("/contact")
    page.get_by_label("Your name").fill("Mei Lin")
    page.get_by_label("Email address").fill("mei@example.com")
    page.get_by_label("Subject").fill("Markers")
    page.get_by_label("Message").fill("They come out too long.")


def posts(page: Page) -> list[Request]:
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if request.method == "POST" else None)
    return found


def test_a_file_that_is_too_large_is_told_of_at_once_and_never_sent(page: Page, tmp_path: Path) -> None:
    fill(page)
    sent = posts(page)
    files, alert = page.get_by_label("Files"), page.locator(".field").get_by_role("alert")
    files.set_input_files([pdf(tmp_path, "small.pdf"), pdf(tmp_path, "<b>large $&.pdf", 6 * MB)])
    expect(alert).to_have_text("“<b>large $&.pdf” is larger than 5 MB. Leave it out, or make it smaller.")
    page.get_by_role("button", name="Send message").click()
    expect(files).to_be_focused()
    assert sent == []
    files.set_input_files([pdf(tmp_path, f"{number}.pdf", 4 * MB) for number in range(3)])
    expect(alert).to_have_text("Together these files are larger than 10 MB. Leave some out.")
    files.set_input_files([pdf(tmp_path, "small.pdf")])
    expect(alert).to_have_text("")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", name="Message sent")).to_be_visible()


def test_a_photo_too(page: Page, cast: Cast, tmp_path: Path) -> None:
    sign_in(page, cast.sign_in(cast.ada))
    page.goto("/settings/avatar")
    sent = posts(page)
    page.get_by_label("Photo").set_input_files(pdf(tmp_path, "a.jpg", 8_000_001))
    expect(page.locator(".field").get_by_role("alert")).to_have_text("This file is too large. Choose one of at most 8 MB.")
    page.get_by_role("button", name="Upload photo").click()
    assert sent == []


def test_without_scripts_the_form_comes_back_with_its_text(open_page: Callable[..., Page], tmp_path: Path) -> None:
    page = open_page(javascript=False)
    fill(page)
    film = tmp_path / "film.pdf"
    film.write_bytes(b"x" * (40 * MB))
    page.get_by_label("Files").set_input_files(film)
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("alert")).to_contain_text("Together these files are larger than we can accept")
    expect(page.get_by_label("Message")).to_have_value("They come out too long.")
    expect(page.get_by_label("Email address")).to_have_value("mei@example.com")
    page.get_by_role("button", name="Send message").click()
    expect(page.get_by_role("heading", name="Message sent")).to_be_visible()
