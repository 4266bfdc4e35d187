"""The page inside a copy, unpacked and opened from the disk: no network, no script, on a phone and at a desk."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import insert

from portal.kit.audit import AuditEntry
from portal.kit.claims import Chapter
from portal.kit.db import db
from tests.browser import axe, overflows
from tests.support import samples

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SIZES = {"phone": (390, 844), "small": (320, 640), "desk": (1280, 900)}
HOSTILE = "<img src=x onerror=alert(1)><script>document.title='run'</script>"


@contextmanager
def opened(browser, index: Path, width: int, height: int, *, javascript: bool = False, scheme: str = "light"):
    """Open a page from the disk without a network; fail when it asks for anything but files beside it, or complains."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=javascript, offline=True, color_scheme=scheme
    )
    asked, said = [], []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: said.append(message.text))
    page = context.new_page()
    page.goto(index.as_uri())
    yield page
    context.close()
    beside = index.parent.as_uri() + "/"
    assert [url for url in asked if not url.startswith(beside)] == []
    assert said == []


@pytest.fixture
def unpacked(cast, fetch, unit, tmp_path):
    """Ada's copy on the disk, with a conversation, a file and a photo, and a message in which she tries what she can."""
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/avatar", photo=(io.BytesIO(samples.png()), "me.png"))
    chosen = samples.chosen(("marker 50%.pdf", samples.pdf()))
    ticket = ada.submit("/contact", subject="Zips <b>now</b>", message="Where are\nmy zips?", files=chosen).path
    cast.sign_in_staff(cast.sam).submit(ticket.replace("/support/", "/admin/tickets/"), message="In the drawer, dear Ada.")
    ada.submit(ticket, message=HOSTILE)
    with unit():
        line = {"event": "accounts.signed_in", "subject_id": cast.ada.account_id, "facts": {"device": "x" * 60}}
        db.session.execute(insert(AuditEntry), [line] * 30)
    copy = fetch(ada)
    copy.archive.extractall(tmp_path)
    return tmp_path / copy.folder / "index.html"


@ON_SQLITE
@pytest.mark.parametrize("size", SIZES)
def test_it_reads_from_the_disk_without_network_or_script(browser, unpacked, cast, size):
    for scheme in ("light", "dark"):
        with opened(browser, unpacked, *SIZES[size], scheme=scheme) as page:
            if folder := os.environ.get("PICTURES_OF_COPIES"):
                page.screenshot(path=f"{folder}/{size}-{scheme}.png", full_page=True)
            assert page.get_by_role("heading", level=1).inner_text() == "Your data"
            titles = page.get_by_role("heading", level=2).all_inner_texts()
            with_data = [chapter.title for chapter in Chapter]
            assert titles == [*with_data, "About this download"]
            assert page.get_by_text(cast.ada.email).first.is_visible()
            assert not overflows(page)


@ON_SQLITE
def test_what_it_shows_is_text_whoever_wrote_it(browser, unpacked):
    with opened(browser, unpacked, *SIZES["desk"], javascript=True) as page:
        assert page.title() == "Your data – 3 Clicks Cloud"
        assert page.locator("script, iframe, object, embed, link, form").count() == 0
        assert page.locator(".body", has_text="onerror").inner_text().startswith("<img src=x")
        assert page.get_by_role("heading", name="Zips <b>now</b>").is_visible()
        assert axe(page) == []


@ON_SQLITE
def test_the_photo_is_seen_and_the_conversation_is_one(browser, unpacked):
    with opened(browser, unpacked, *SIZES["desk"], javascript=True) as page:
        assert page.get_by_alt_text("Your photo").evaluate("photo => photo.naturalWidth") > 0
        talk = page.locator("section", has=page.get_by_role("heading", name="Zips <b>now</b>")).last
        assert [each.split(" · ")[0] for each in talk.locator(".said .soft:first-child").all_inner_texts()] == [
            "You",
            "Our team",
            "You",
        ]
        for link in page.get_by_role("link").all():
            address = unquote(link.get_attribute("href"))
            assert address.startswith("#") or (unpacked.parent / address).is_file()


@ON_SQLITE
def test_its_policy_lets_nothing_in_that_is_not_its_own(browser, unpacked):
    planted = unpacked.read_text().replace(
        "<h1>", "<style>h1 { color: red }</style><script>document.title = 'run'</script><h1 onclick='x()'>"
    )
    (unpacked.parent / "planted.html").write_text(planted)
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((unpacked.parent / "planted.html").as_uri())
    assert page.title() != "run"
    assert page.locator("h1").evaluate("h => getComputedStyle(h).color") == "rgb(255, 255, 255)"
    assert page.locator("header").evaluate("h => getComputedStyle(h).borderBottomStyle") == "dashed"
    context.close()


@ON_SQLITE
def test_it_names_its_language_and_says_what_is_empty_in_one_line(unpacked):
    text = unpacked.read_text()
    assert '<html lang="en' in text
    assert 0 < text.count("Nothing here: ") <= len(Chapter)
