"""Every page in every size: on the narrowest phone, at 400 % zoom, with letters of twice the size (WCAG 1.4.4, 1.4.10).

Nothing is pushed sideways and nothing is cut: neither the page nor a part of it scrolls from left to right. A table that
shows two dimensions may (WCAG 1.4.10 excepts it); one that stacks on a phone is none. All of it is valid HTML, and axe
finds nothing; pages that an address alone opens are looked at by axe in tests/journeys/test_every_page.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser import axe, html_faults, served
from tests.pictures.demo import Demo
from tests.pictures.scenes import Scene, opened, pages, scenes

# 1280 px at 400 % zoom are 320 CSS px, as on the narrowest phone; what is left of 1024 px in height are 256.
SIZES = {
    "1280 px": (1280, 800, 100),
    "1280 px, letters of 200 %": (1280, 800, 200),
    "390 px, letters of 150 %": (390, 844, 150),
    "320 px": (320, 568, 100),
    "1280 px at 400 %": (320, 256, 100),
}
"""What is looked at: width and height in CSS px, and the size of letters in per cent."""
SET_LETTERS = "percent => { document.documentElement.style.fontSize = `${percent}%`; }"
STICKS_OUT = """() => {
  const faults = [], root = document.documentElement, width = root.clientWidth;
  if (root.scrollWidth > width + 1) faults.push(`the page is ${root.scrollWidth} px wide`);
  const isPlain = (it) => {
    const table = it.closest('.table'), head = table?.querySelector('thead');
    return table && (!table.querySelector('[data-label]') || getComputedStyle(head).display !== 'none');
  };
  for (const it of document.body.querySelectorAll('*')) {
    const box = it.getBoundingClientRect(), style = getComputedStyle(it);
    if (!box.width || !box.height || style.clipPath !== 'none' || it.ownerSVGElement || isPlain(it)) continue;
    const name = `<${it.tagName.toLowerCase()} class="${it.className.baseVal ?? it.className}">`;
    if (box.right > width + 1 || box.left < -1) faults.push(`${name} reaches from ${box.left} to ${box.right}`);
    const isCut = ['INPUT', 'SELECT', 'TEXTAREA'].includes(it.tagName) || style.textOverflow === 'ellipsis';
    const isWider = it.scrollWidth > it.clientWidth + 1 && style.display !== 'inline';
    if (isWider && style.overflowX !== 'visible' && !isCut) faults.push(`${name} scrolls sideways`);
  }
  return faults.slice(0, 4);
}"""


STACKED = (
    "<div class='table' style='overflow: auto'><table><thead style='display: {}'></thead></table>"
    "<p data-label='a' style='width: 400px'>a</p></div>"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo company of these tests."""
    return Demo.made_in(tmp_path_factory.mktemp("demo"))


def looked_at(made: Demo, browser: Browser) -> Iterator[tuple[Scene, Page, str]]:
    """Yield every page of the demo in a browser, with its HTML as it came."""
    with served(made.app) as live:
        for scene in scenes(made.app, made):
            came: list[Response] = []
            page = opened(browser, live, made, scene, came=came)
            yield scene, page, came[-1].text()
            page.context.close()


def sticks_out(page: Page, size: str) -> list[str]:
    """Return what is too wide on a page in a size."""
    width, height, letters = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(SET_LETTERS, letters)
    return [str(fault) for fault in page.evaluate(STICKS_OUT)]


def test_every_page_fits_every_size_is_valid_and_can_be_used_by_all(made: Demo, browser: Browser) -> None:
    faults, html, by_address = [], {}, {rule for _endpoint, _gate, rule in pages(made.app)}
    for scene, page, text in looked_at(made, browser):
        faults += [f"{scene.name}, {size}: {fault}" for size in SIZES for fault in sticks_out(page, size)]
        if scene.path not in by_address or scene.act or scene.note:
            page.emulate_media(color_scheme="dark")
            faults += [f"{scene.name}: {fault}" for fault in axe(page)]
        html[scene.name] = text
    assert len(html) > 60
    assert not faults, "\n".join(faults)
    assert html_faults(html) == []


def test_the_measure_sees_what_sticks_out(page: Page) -> None:
    bad = {
        "<p style='width: 400px'>wide</p>": "the page is",
        "<p style='margin-left: -40px'>cut at the left</p>": "reaches from",
        "<div style='overflow-x: auto'><p style='width: 400px'>in a strip</p></div>": "scrolls sideways",
        "<div style='overflow: hidden'><p style='width: 400px'>cut</p></div>": "scrolls sideways",
        STACKED.format("none"): "scrolls sideways",
    }
    for html, says in bad.items():
        page.set_content(f"<body>{html}</body>")
        assert says in " ".join(sticks_out(page, "320 px")), html
    for html in (STACKED.format("block"), "<p>narrow</p>"):
        page.set_content(f"<body>{html}</body>")
        assert sticks_out(page, "320 px") == []
