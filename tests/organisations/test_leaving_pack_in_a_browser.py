"""Everything an organisation holds, from the button to the page on a disk, in a real browser."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, follow, overflows, sign_in
from tests.conftest import Outbox
from tests.organisations.conftest import Team
from tests.people import Cast
from tests.privacy.test_copy_opened_from_disk import opened
from tests.support.samples import chosen

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def looks_right(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES_OF_COPIES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    assert axe(page) == [] and not overflows(page), name


@pytest.mark.parametrize(("device", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_from_the_button_to_the_page_on_a_disk(
    open_page: Callable[..., Page], browser: Browser, cast: Cast, team: Team, outbox: Outbox, run_jobs: Callable,
    tmp_path: Path, device: str, scheme: str,
) -> None:  # fmt: skip
    carl = cast.sign_in(team.member)
    files = chosen(("threads.txt", b"warp, weft"))
    carl.submit("/contact", subject="Loom stuck", message="It <b>hums</b>.", files=files, shared_with=str(team.id))
    page = open_page(device=device, scheme=scheme)
    sign_in(page, cast.sign_in(cast.ada))
    page.goto(team.path)
    follow(page.locator("#leaving").get_by_role("link", name="Leaving pack"))
    expect(page.get_by_role("heading", name="What it holds")).to_be_visible()
    looks_right(page, f"pack-before-{device}")
    follow(page.get_by_role("button", name="Prepare leaving pack"))
    expect(page.get_by_role("heading", name="Leaving pack of Looms")).to_be_visible()
    looks_right(page, f"pack-waiting-{device}")
    run_jobs()
    expect(page.get_by_text("The leaving pack is ready")).to_be_visible()
    looks_right(page, f"pack-ready-{device}")
    page.goto(outbox.last(cast.ada.email).link("/leaving-pack/"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(tmp_path)
    page.goto(f"{team.path}/leaving-pack")
    expect(page.get_by_text("Requested by Ada Threadgold")).to_be_visible()
    looks_right(page, f"pack-listed-{device}")
    (index,) = tmp_path.glob("*/index.html")
    with opened(browser, index, *((390, 844) if device == "phone" else (1280, 900)), scheme=scheme) as read:
        expect(read.get_by_role("heading", level=1)).to_have_text("Leaving pack of Looms")
        expect(read.get_by_text("Bea Ledger").first).to_be_visible()
        expect(read.get_by_text("It <b>hums</b>.")).to_be_visible()
        assert not overflows(read)
        if folder := os.environ.get("PICTURES_OF_COPIES"):
            read.screenshot(path=f"{folder}/pack-index-{device}.png", full_page=True)
